// The list of usulan: sort, filter, choose, lock. All text goes in as textContent: nothing from a table is HTML.
const STATES = [null, "in", "out"];
const PAGE = 100;

function render({ model, el }) {
  const root = element("div", { class: "planner-list", "data-testid": "table" });
  const bar = element("div", { class: "planner-list-bar" });
  const search = element("input", { type: "search" });
  const only = element("input", { type: "checkbox" });
  const onlyText = element("span");
  const onlyLabel = element("label");
  onlyLabel.append(only, onlyText);
  const count = element("span", { role: "status" });
  bar.append(search, onlyLabel, count);
  const scroll = element("div", { class: "planner-list-scroll", tabindex: "0", role: "region" });
  const table = element("table");
  const head = element("thead");
  const body = element("tbody");
  const more = element("button", { type: "button" });
  table.append(head, body);
  scroll.append(table, more);
  root.append(bar, scroll);
  el.append(root);

  let order = { column: null, down: true };
  let limit = PAGE;
  const word = (name) => model.get("words")[name] ?? "";
  const lockOf = (row) => model.get("locks")[row.id] ?? null;

  function shown() {
    const wanted = search.value.trim().toLowerCase();
    const rows = model.get("rows").filter((row) =>
      (!only.checked || row.chosen || lockOf(row)) && (!wanted || row.text.includes(wanted)));
    if (order.column === null) return rows;
    const value = (row) => row.sort[order.column];
    const sign = order.down ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === y) return 0;
      if (x === null || y === null) return x === null ? 1 : -1;
      return (typeof x === "number" ? x - y : String(x).localeCompare(String(y))) * sign;
    });
  }

  function paintHead() {
    const row = element("tr");
    row.append(element("th", { scope: "col" }, word("lock")));
    model.get("columns").forEach((column, i) => {
      const sorted = order.column === i ? (order.down ? "descending" : "ascending") : "none";
      const cell = element("th", { scope: "col", "aria-sort": sorted, class: column.number ? "n" : "" });
      const button = element("button", { type: "button" }, column.label);
      button.addEventListener("click", () => {
        order = { column: i, down: order.column === i ? !order.down : column.number };
        paint();
        head.querySelectorAll("button")[i].focus();
      });
      cell.append(button);
      row.append(cell);
    });
    head.replaceChildren(row);
  }

  function lockButton(row) {
    const state = lockOf(row);
    const said = `${row.cells[0]}, ${row.cells[1]}: ${word(state ?? "free")}. ${word("cycle")}`;
    const button = element("button", { type: "button", class: `lock ${state ?? "free"}`, "aria-label": said, title: said },
      { in: "+", out: "×" }[state] ?? "○");
    button.disabled = model.get("readonly");
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      const next = STATES[(STATES.indexOf(state) + 1) % STATES.length];
      const locks = { ...model.get("locks") };
      if (next) locks[row.id] = next; else delete locks[row.id];
      model.set("locks", locks);
      model.save_changes();
      body.querySelector(`tr[data-id="${CSS.escape(row.id)}"] button.lock`)?.focus();
    });
    return button;
  }

  function paintRow(row) {
    const line = element("tr", { "data-id": row.id, class: row.chosen ? "chosen" : "", "aria-selected": row.id === model.get("selected") });
    const first = element("td");
    first.append(lockButton(row));
    line.append(first);
    model.get("columns").forEach((column, i) => {
      const cell = element("td", { class: `${column.key} ${column.number ? "n" : ""} ${column.key === "menu" ? row.menu : ""}` });
      if (column.key === "id") {
        const button = element("button", { type: "button", class: "name" }, row.cells[i]);
        button.addEventListener("click", () => choose(row));
        cell.append(button);
      } else {
        cell.textContent = row.cells[i];
        cell.title = row.cells[i];
      }
      line.append(cell);
    });
    line.addEventListener("click", (event) => { if (event.target.tagName !== "BUTTON") choose(row); });
    return line;
  }

  function choose(row) {
    model.set("selected", row.id);
    model.save_changes();
  }

  function paint() {
    paintHead();
    const rows = shown();
    body.replaceChildren(...rows.slice(0, limit).map(paintRow));
    count.textContent = `${rows.length} / ${model.get("rows").length}`;
    more.hidden = rows.length <= limit;
    more.textContent = word("more");
    search.placeholder = word("filter");
    search.setAttribute("aria-label", word("filter"));
    scroll.setAttribute("aria-label", word("table"));
    onlyText.textContent = word("only");
  }

  function mark() {
    for (const line of body.children) line.setAttribute("aria-selected", line.dataset.id === model.get("selected"));
  }

  search.addEventListener("input", () => { limit = PAGE; paint(); });
  only.addEventListener("change", paint);
  more.addEventListener("click", () => { limit += PAGE; paint(); });
  for (const name of ["rows", "columns", "words", "locks", "readonly"]) model.on(`change:${name}`, paint);
  model.on("change:selected", mark);
  paint();
}

export default { render };
