// A number under its caption: a slider that speaks when it rests, and a box of text that speaks on Enter.

function made(name, attributes, text = "") {
  const node = Object.assign(document.createElement(name), {textContent: text});
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function render({model, el}) {
  const id = `planner-number-${Math.random().toString(36).slice(2)}`; // each widget has a module of its own, and no count
  const label = made("label", {for: id}, model.get("caption"));
  const range = made("input", {type: "range", "aria-label": model.get("caption")});
  const text = made("input", {type: "text", id, autocomplete: "off", spellcheck: "false", "aria-describedby": `${id}-note`});
  const note = made("output", {id: `${id}-note`, class: "planner-amount", for: id});
  const root = made("div", {class: "planner-number", "data-lm-suppress-shortcuts": "true"});
  root.append(label, range, text, note);
  el.append(root);

  let resting = null;  // a slider on its way is not asked about, only where it rests
  let typing = false;  // what is being typed stays until it is told: the answer to an earlier move may still be coming

  function show() { // the ends before the position, which they would cut off
    for (const [key, trait] of [["min", "low"], ["max", "high"], ["step", "step"]]) range.setAttribute(key, model.get(trait));
    if (resting === null) range.value = model.get("position"); // drawn on its nearest step
    range.setAttribute("aria-valuetext", model.get("text"));
    if (!typing) text.value = model.get("text");
    text.setAttribute("aria-invalid", model.get("refused"));
    note.textContent = model.get("note");
  }

  function tell(changes) {
    for (const [trait, value] of Object.entries(changes)) model.set(trait, value);
    model.save_changes();
  }

  root.addEventListener("keydown", event => event.stopPropagation()); // or JupyterLab folds a heading by an arrow
  function enter() {
    typing = false;
    tell({text: text.value});
  }

  range.addEventListener("input", () => {
    clearTimeout(resting);
    resting = setTimeout(() => { resting = null; tell({position: Number(range.value)}); }, 300);
  });
  text.addEventListener("input", () => { typing = true; });
  text.addEventListener("change", enter);
  text.addEventListener("keydown", event => {
    if (event.key === "Enter") enter();
    if (event.key === "Escape") { typing = false; show(); }
  });
  const heard = ["low", "high", "position", "text", "note", "refused"].map(trait => `change:${trait}`);
  for (const name of heard) model.on(name, show);
  show();
  return () => { clearTimeout(resting); for (const name of heard) model.off(name, show); };
}

export default {render};
