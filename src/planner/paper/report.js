// A report's tables can be searched and sorted, and its what-if points moved through. Every figure stands without it.
(() => {
  "use strict";
  function make(tag, attributes = {}, text = "") {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.textContent = text;
    return node;
  }

  // A cell as something to sort by: a number where its column holds numbers, null where it is empty.
  function valueOf(cell, numeric, lang) {
    const text = cell.dataset.v ?? cell.textContent.trim();
    if (!numeric) return text === "–" ? null : text;
    if (cell.dataset.v) return Number(cell.dataset.v);
    const digits = text.replace(/−/g, "-").replace(/[^\d.,-]/g, "");
    const plain = lang === "en" ? digits.replace(/,/g, "") : digits.replace(/\./g, "").replace(",", ".");
    return /\d/.test(plain) ? Number(plain) : null;
  }

  // The way from a table to the fold of those not chosen, for who is not found; none from inside it.
  function wayToOthers(box) {
    const fold = box.closest("main")?.querySelector("details.part > [id$='-not_chosen']");
    if (!fold || fold.contains(box)) return [];
    const link = make("a", { href: `#${fold.id}`, hidden: "" }, fold.parentElement.querySelector("h2").textContent);
    return [link];
  }

  function equip(box) {
    const table = box.querySelector("table"), body = table.tBodies[0];
    const lang = box.closest("[lang]").lang;
    const bar = make("div", { class: "find" }), label = make("label", {}, box.dataset.find);
    const search = make("input", { type: "search" }), count = make("span", { role: "status" });
    label.append(search);
    const elsewhere = wayToOthers(box);
    bar.append(label, count, ...elsewhere);
    box.before(bar);
    const heads = [...table.tHead.rows[0].cells];
    let order = { column: null, sign: 1 };

    function show() {
      const rows = [...body.rows], wanted = search.value.trim().toLowerCase();
      rows.forEach((row, i) => (row.place ??= i));
      rows.sort((a, b) => a.place - b.place);
      if (order.column !== null) {
        const numeric = heads[order.column].classList.contains("n");
        const keys = new Map(rows.map((row) => [row, valueOf(row.cells[order.column], numeric, lang)]));
        rows.sort((a, b) => {
          const x = keys.get(a), y = keys.get(b);
          if (x === null || y === null) return (x === null) - (y === null);
          return order.sign * (numeric ? x - y : x.localeCompare(y, lang, { numeric: true }));
        });
      }
      for (const head of heads) head.style.minWidth = ""; // columns stay as wide as all of their rows ask for
      if (wanted !== "") for (const row of rows) row.hidden = false;
      const widths = wanted === "" ? [] : heads.map((head) => getComputedStyle(head).width);
      widths.forEach((width, i) => (heads[i].style.minWidth = width));
      let shown = 0;
      for (const row of rows) {
        const text = [...row.cells].map((cell) => cell.textContent).join("\n").replace(/\u00a0/g, " "); // no word across two cells
        row.hidden = wanted !== "" && !text.toLowerCase().includes(wanted);
        shown += !row.hidden;
      }
      body.append(...rows);
      const said = shown || !rows.length ? box.dataset.rows : box.dataset.none;
      count.textContent = said.replace("{n}", shown).replace("{of}", rows.length);
      for (const link of elsewhere) link.hidden = shown > 0;
      heads.forEach((head, i) => head.setAttribute(
        "aria-sort", order.column !== i ? "none" : order.sign > 0 ? "ascending" : "descending"));
    }

    heads.forEach((head, i) => {
      const first = head.classList.contains("n") ? -1 : 1; // numbers begin with the largest
      const button = make("button", { type: "button" }, head.textContent);
      button.addEventListener("click", () => {
        const again = order.column === i;
        order = again && order.sign !== first ? { column: null, sign: 1 } : { column: i, sign: again ? -first : first };
        show();
      });
      head.replaceChildren(button);
    });
    search.addEventListener("input", show);
    box.renew = show;
    show();
  }

  // One's own region: the cells of the map know name and verdict, the view's data why and the way on.
  function ask(box) {
    const main = box.closest("main"), data = JSON.parse(box.dataset.answers);
    const why = new Map(data.causes.flatMap(([cause, kodes]) => kodes.split(" ").map((kode) => [kode, cause])));
    const cells = [...main.querySelectorAll("[id$='-where'] g[data-kode]")];
    const regions = cells.map((cell) => {
      const kode = cell.dataset.kode, [nama, ...said] = cell.querySelector("title").textContent.split(": ");
      const province = data.provinces[kode.slice(0, 2)];
      const words = `${kode} ${kode.replace(".", "")} ${nama} ${province}`.toLowerCase();
      return { kode, nama, province, words, said: said.join(": "), chosen: cell.querySelector("use") !== null };
    });
    const label = make("label", {}, data.words.label), search = make("input", { type: "search" });
    const answer = make("div", { role: "status" }), bar = make("div", { class: "find" });
    label.append(search);
    bar.append(label);
    box.append(bar, answer);

    // The way to where a region is listed; there the tables that name it show it alone.
    function wayTo(region) {
      const target = main.querySelector(region.chosen ? "[id$='-chosen']" : "[id$='-not_chosen']");
      if (!target) return [];
      const heading = (target.querySelector("h2") ?? target.parentElement.querySelector("h2")).textContent;
      const link = make("a", { href: `#${target.id}` }, heading), nama = region.nama.replace("Kabupaten ", "");
      link.addEventListener("click", () => {
        for (const search of target.querySelectorAll(".find input")) {
          if (!search.closest(".find").nextElementSibling.textContent.includes(nama)) continue;
          search.value = nama;
          search.dispatchEvent(new Event("input"));
        }
      });
      return [" ", link];
    }

    function told(region) {
      const cause = why.get(region.kode), nama = `${region.nama} (${region.kode}, ${region.province})`;
      const kind = region.chosen ? "chosen" : "out";
      const line = make("p", {}, data.words[kind].replace("{nama}", nama).replace("{said}", cause ?? region.said));
      const card = make("span", { class: "small" }, ` ${data.words.card.replace("{kode}", region.kode)}`);
      line.append(...wayTo(region), ...(region.chosen || cause ? [card] : [])); // who may not be funded has no card
      return line;
    }

    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase().replace(/^kab\.?\s/, "kabupaten ").split(/\s+/);
      const typed = wanted.join(" "), most = 5;
      if (typed.length < 2) return answer.replaceChildren();
      const exact = (region) => [region.kode, region.nama.toLowerCase(), region.nama.toLowerCase().replace(/^\S+ /, "")];
      const found = regions.filter((region) => wanted.every((word) => region.words.includes(word)));
      found.sort((a, b) => exact(b).includes(typed) - exact(a).includes(typed));
      const { none, several } = data.words, shown = found.slice(0, most);
      const lead = !found.length ? [make("p", {}, none)] : found.length <= most ? []
        : [make("p", {}, several.replace("{count}", found.length).replace("{shown}", most))];
      answer.replaceChildren(...lead, ...shown.map(told));
    });
  }

  function whatIf(root) {
    const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const live = root.querySelector(".live"), knobs = [...live.querySelectorAll("input[type=range]")];
    const map = live.querySelector("figure"), cells = [...map.querySelectorAll("g[data-kode]")];
    const box = live.querySelector(".scroll[data-find]"), spent = live.querySelector("[data-testid='whatif-spent']");
    const titles = new Map(cells.map((cell) => [cell, cell.querySelector("title").textContent]));
    const empty = new Map(cells.map((cell) => [cell, cell.querySelector("rect").getAttribute("fill")]));
    const plan = new Set(data.axes.budget.points[data.axes.budget.own].rows.map(([i]) => i));
    const kodeOf = (i) => data.usulan[i][0], menuOf = (i) => data.usulan[i][1];
    const nameOf = (i) => `${data.named.map((c) => data.usulan[i][c]).join(" ")} (${data.menus[menuOf(i)]})`;
    const money = (rp) => `Rp\u00a0${rp.toLocaleString(data.lang)}`;

    function paintMap(rows, moved) {
      const won = new Map();
      for (const [i, rp] of rows) won.set(kodeOf(i), [...(won.get(kodeOf(i)) ?? []), [i, rp]]);
      for (const cell of cells) {
        const mine = won.get(cell.dataset.kode) ?? [], rect = cell.querySelector("rect");
        const menus = [...new Set(mine.map(([i]) => menuOf(i)))], kind = menus[1] ? "keduanya" : menus[0];
        rect.setAttribute("fill", kind ? `url(#${map.dataset.pattern}${kind})` : empty.get(cell));
        rect.setAttribute("class", moved.get(cell.dataset.kode) ?? "");
        cell.querySelector("title").textContent =
          mine.map(([i, rp]) => `${nameOf(i)}: ${money(rp)}`).join("; ") || titles.get(cell);
      }
    }

    function paintRows(rows) {
      const dana = box.querySelector("thead th:last-child").textContent; // on a phone a card tells it
      const lines = rows.map(([i, rp]) => {
        const line = make("tr"), chip = make("td"), [, menu, ...texts] = data.usulan[i];
        chip.append(make("span", { class: `chip ${menu}` }, data.menus[menu]));
        const paid = make("td", { class: "n", "data-v": rp, "data-h": dana }, money(rp));
        line.append(...texts.map((text) => make("td", {}, text)), chip, paid);
        return line;
      });
      box.querySelector("tbody").replaceChildren(...lines);
      box.renew();
    }

    function show(by) {
      for (const knob of knobs) {
        const axis = data.axes[knob.dataset.by];
        if (knob.dataset.by !== by) knob.value = axis.own;
        const text = axis.points[knob.value].place;
        knob.setAttribute("aria-valuetext", text);
        knob.closest("label").querySelector("output").textContent = text;
      }
      const point = data.axes[by].points[knobs.find((knob) => knob.dataset.by === by).value];
      const now = new Set(point.rows.map(([i]) => i));
      const moves = { leaves: [...plan].filter((i) => !now.has(i)), enters: [...now].filter((i) => !plan.has(i)) };
      live.querySelector(".said").textContent = point.said;
      [...live.querySelector(".numbers").children].forEach((item, k) => {
        item.querySelector("b").textContent = point.numbers[k][0];
        item.querySelector("span").textContent = point.numbers[k][1];
      });
      spent.dataset.v = point.spent_rp ?? "";
      const moved = new Map();
      for (const [kind, list] of Object.entries(moves)) {
        list.forEach((i) => moved.set(kodeOf(i), kind)); // who leaves with one menu and enters with the other is in
        live.querySelector(`p.${kind} span`).textContent = `(${list.length}) ${list.map(nameOf).join("; ") || "–"}`;
      }
      paintMap(point.rows, moved);
      paintRows(point.rows);
    }

    for (const knob of knobs) knob.addEventListener("input", () => show(knob.dataset.by));
    live.hidden = false;
    show("budget");
  }

  // What is printed is what is unfolded: a button for all of it.
  function foldable(main) {
    const parts = [...main.querySelectorAll("details")], first = main.querySelector("details.part");
    if (!first) return;
    const button = make("button", { type: "button", class: "unfold", "aria-pressed": "false" }, main.dataset.unfold);
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") === "false";
      for (const part of parts) part.open = open;
      button.setAttribute("aria-pressed", open);
      button.textContent = open ? main.dataset.fold : main.dataset.unfold;
    });
    first.before(button, make("p", { class: "paper small" }, main.dataset.paper));
  }

  document.querySelectorAll(".scroll[data-find]").forEach(equip);
  document.querySelectorAll("main").forEach(foldable);
  document.querySelectorAll(".ask").forEach(ask);
  document.querySelectorAll(".whatif").forEach(whatIf);
})();
