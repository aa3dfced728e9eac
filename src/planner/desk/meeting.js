// The two switches of the meeting: one gives the desk the whole window, one opens the drawer of levers. Both act on the
// page itself, so that they answer while the kernel is busy.

function apart(event) { // JupyterLab would open a report behind the desk, its scripts asleep: let the browser open it
  const link = event.target.closest("a[target=_blank]");
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  window.open(link.href);
}

function render({model, el}) {
  const button = name => {
    const made = document.createElement("button");
    Object.assign(made, {type: "button", className: `jupyter-button planner-${name}`});
    made.addEventListener("click", () => {
      model.set(name, !model.get(name));
      if (name === "meeting") model.set("drawer", !model.get(name)); // in a meeting the map comes first
      model.save_changes();
    });
    el.append(made);
    return made;
  };
  const buttons = {drawer: button("drawer"), meeting: button("meeting")};

  function show() {
    for (const [name, made] of Object.entries(buttons)) {
      made.textContent = model.get("words")[name];
      made.title = model.get("words")[`${name}_tip`];
      made.setAttribute("aria-pressed", model.get(name));
    }
    const desk = el.closest(".planner-workbench");
    if (!desk) return;
    desk.addEventListener("click", apart, true);
    const meeting = model.get("meeting");
    desk.classList.toggle("planner-meeting", meeting);
    desk.classList.toggle("planner-closed", !model.get("drawer"));
    desk.toggleAttribute("data-lm-suppress-shortcuts", meeting); // letters are no commands of the notebook behind
    desk.popover = meeting ? "manual" : null; // the top layer: no ancestor clips or covers it
    if (meeting) desk.showPopover();
  }

  function escape(event) {
    if (event.key === "Escape" && model.get("meeting") && model.get("drawer")) buttons.drawer.click();
  }

  const placed = new ResizeObserver(show); // once it is on the page, and again when Lab puts it back there
  placed.observe(el);
  el.addEventListener("keydown", escape);
  for (const name of ["meeting", "drawer", "words"]) model.on(`change:${name}`, show);
  return () => {
    placed.disconnect();
    for (const name of ["meeting", "drawer", "words"]) model.off(`change:${name}`, show);
  };
}

export default {render};
