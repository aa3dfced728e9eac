// The lines of a sinkronisasi: one row each, a key per verdict. Rows are made once per province and then only filled,
// so that nothing jumps and no focus is lost. All text goes in as textContent: nothing from a table is HTML.
const VERDICTS = [["t", "diterima"], ["d", "didiskusikan"], ["x", "ditolak"]];

function render({ model, el }) {
  const word = (name) => model.get("words")[name] ?? "";
  const root = element("div", { class: "planner-talks", "data-lm-suppress-shortcuts": "true", "data-testid": "talks" });
  const bar = element("div", { class: "planner-talks-bar" });
  const province = element("select", { name: "province" });
  const who = element("input", { type: "text", name: "who" });
  const buttons = Object.fromEntries(["resume", "undo", "minutes"].map((name) => {
    const made = element("button", { type: "button", class: name }, word(name));
    made.addEventListener("click", () => model.send({ do: name }));
    return [name, made];
  }));
  for (const [name, node] of [["province", province], ["who", who]]) {
    const label = element("label");
    label.append(element("span", {}, word(name)), node);
    bar.append(label);
  }
  bar.append(...Object.values(buttons));
  const effect = element("div", { role: "status", tabindex: "0", "data-testid": "effect" });
  const keys = element("p", { class: "planner-talks-keys" }, word("keys"));
  const scroll = element("div", { class: "planner-talks-scroll" });
  const table = element("table", { "aria-label": word("table") });
  const head = element("thead");
  const body = element("tbody");
  const recorded = element("p", { class: "planner-talks-recorded" });
  const titles = element("tr");
  for (const name of ["line", "asked", "verdict", "volume", "reason"]) {
    titles.append(element("th", { scope: "col", class: name }, word(name)));
  }
  head.append(titles);
  table.append(head, body);
  scroll.append(table);
  root.append(bar, effect, keys, scroll, recorded);
  el.append(root);

  let made = []; // of each row its parts, in order; ``wanted``: the verdict that waits there for a reason
  let here = 0;  // the row that Tab reaches

  const key = (row) => JSON.stringify([row.usulan, row.line]);

  function focus(at) {
    here = Math.max(0, Math.min(made.length - 1, at));
    made.forEach((one, i) => { one.node.tabIndex = i === here ? 0 : -1; });
    made[here]?.node.focus();
  }

  function decide(at, verdict) {
    const { row, volume, reason } = made[at];
    if (verdict === "ditolak" && !reason.value.trim()) {
      made[at].wanted = verdict;
      reason.focus();
      return;
    }
    made[at].wanted = "";
    for (const input of [volume, reason]) delete input.dataset.typed;
    const units = verdict === "diterima" ? volume.value : "";
    model.send({ do: "decide", usulan: row.usulan, line: row.line, verdict, volume: units, reason: reason.value });
    focus(at);
  }

  function pressed(event, at) {
    const one = made[at];
    const typing = event.target.tagName === "INPUT";
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const stop = () => { event.preventDefault(); event.stopPropagation(); };
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      stop();
      one.wanted = "";
      focus(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      stop();
      one.wanted = "";
      for (const name of ["volume", "reason"]) {
        delete one[name].dataset.typed;
        one[name].value = one.row[name];
      }
      focus(at);
    } else if (event.key === "Enter" && typing) {
      stop();
      if (event.target === one.volume) one.wanted = "diterima";
      if (event.target === one.volume && !one.reason.value.trim()) one.reason.focus();
      else decide(at, one.wanted || (!one.volume.dataset.typed && one.row.verdict) || "diterima");
    } else if (!typing) {
      const letter = event.key.toLowerCase();
      const verdict = VERDICTS.find(([name]) => name === letter)?.[1];
      if (verdict) { stop(); decide(at, verdict); }
      else if (letter === "v") { stop(); one.volume.focus(); one.volume.select(); }
      else if (letter === "a") { stop(); one.reason.focus(); }
      else if (letter === "u") { stop(); model.send({ do: "undo" }); }
    }
  }

  function makeRow(row, at) {
    const node = element("tr", { tabindex: at === here ? "0" : "-1", "data-usulan": row.usulan, "data-line": row.line });
    const title = element("td", { class: "line" });
    const asked = element("td", { class: "asked" });
    const cell = element("td", { class: "verdict" });
    const choices = VERDICTS.map(([, name]) => {
      const button = element("button", { type: "button", class: name, tabindex: "-1" }, word(name));
      button.addEventListener("click", () => decide(at, name));
      cell.append(button);
      return button;
    });
    const inputs = ["volume", "reason"].map((name) => {
      const input = element("input", { type: "text", tabindex: "-1", class: name, "aria-label": `${word(name)}: ${row.text}` });
      if (name === "volume") input.inputMode = "numeric";
      input.addEventListener("input", () => { input.dataset.typed = "yes"; });
      return input;
    });
    const cells = inputs.map((input, i) => {
      const td = element("td", { class: ["volume", "reason"][i] });
      td.append(input);
      return td;
    });
    node.append(title, asked, cell, ...cells);
    node.addEventListener("keydown", (event) => pressed(event, at));
    node.addEventListener("mousedown", () => { here = at; });
    inputs[0].addEventListener("input", () => { made[at].wanted = ""; }); // who types a volume accepts
    return { node, title, asked, choices, volume: inputs[0], reason: inputs[1], row: {}, wanted: "" };
  }

  function fill(one, row) {
    const old = one.row;
    one.row = row;
    const chosen = row.chosen ? ` (${word("in_plan")})` : "";
    const text = `${row.place} · ${row.usulan}${chosen} · ${row.line} ${row.text}`;
    if (one.title.textContent !== text) one.title.textContent = one.title.title = text;
    one.asked.textContent = row.asked;
    one.choices.forEach((button, i) => button.setAttribute("aria-pressed", String(row.verdict === VERDICTS[i][1])));
    for (const name of ["volume", "reason"]) { // what is being typed stays, until it is decided
      if (!one[name].dataset.typed && old[name] !== row[name]) one[name].value = row[name];
    }
  }

  function paint() {
    const rows = model.get("rows");
    const same = rows.length === made.length && rows.every((row, i) => key(row) === key(made[i].row));
    if (!same) {
      here = 0;
      made = rows.map(makeRow);
      body.replaceChildren(...made.map((one) => one.node));
      scroll.scrollTop = 0;
    }
    rows.forEach((row, i) => fill(made[i], row));
  }

  function paintBar() {
    province.replaceChildren(...model.get("provinces").map(([kode, name]) => element("option", { value: kode }, `${kode} ${name}`)));
    province.value = model.get("province");
    if (document.activeElement !== who) who.value = model.get("who");
    buttons.resume.textContent = model.get("resumable");
    buttons.resume.hidden = !model.get("resumable");
    recorded.textContent = recorded.title = model.get("recorded");
  }

  function say() {
    const { kind = "none", text = "" } = model.get("effect");
    effect.className = `planner-talks-effect ${kind}`;
    effect.textContent = text;
  }

  province.addEventListener("change", () => { model.set("province", province.value); model.save_changes(); });
  who.addEventListener("change", () => { model.set("who", who.value); model.save_changes(); });
  model.on("change:rows", paint);
  for (const name of ["provinces", "province", "who", "recorded", "resumable"]) model.on(`change:${name}`, paintBar);
  model.on("change:effect", say);
  paintBar();
  say();
  paint();
}

export default { render };
