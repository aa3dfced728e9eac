// The live map: one SVG, drawn once, of which a recolouring touches only what changed. Text is only ever text.

const NS = "http://www.w3.org/2000/svg";
const SIZE = 20, LEFT = 2, TOP = 30, WIDE = 1124, REACH = 15; // REACH: how far from its centre a cell is still hit
const NEXT = {free: "in", in: "out", out: "free"};
const NAMED = 2.4; // pixels of a unit from which a tile carries its name
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};

// The look of a class: a ground, and a hatching of lines or dots that tells it apart without colour.
const LOOKS = {
  pembangunan: {ground: "#0072B2", lines: [6], turn: 45, width: 1.6},
  revitalisasi: {ground: "#D55E00", dots: 5, width: 1.1},
  keduanya: {ground: "#0072B2", lines: [8], width: 4, ink: "#D55E00"},
  step1: {ground: "#D3EBC9"},
  step2: {ground: "#8ED3BE", lines: [14.14], turn: 45, width: 2},
  step3: {ground: "#41B6C4", lines: [7.07], turn: 45, width: 1.6},
  step4: {ground: "#2C7FB8", lines: [4.71], turn: 45, width: 1.5},
  step5: {ground: "#253494", lines: [4.71, 4.71], turn: 45, width: 1.3},
  pasti: {ground: "#009E73", dots: 6.67, width: 1.7},
  sering: {ground: "#F0B93A", lines: [5], turn: 135, width: 1.5},
  kadang: {ground: "#CC79A7", lines: [8], turn: 45, width: 1.5},
  hampir_tidak: {ground: "#7A5C8E", lines: [4, 4], turn: 45, width: 1.2},
  unknown: {ground: "#9AA3AD", lines: [10], turn: 90, width: 1.5},
  none: {ground: "#E3E5E8", plain: true},
  dki: {ground: "#FFFFFF", plain: true},
};
let maps = 0; // ids must differ between two maps on one page

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
  return node;
}

function filled(node, attributes, children) {
  node.append(...children);
  return set(node, attributes);
}
const svg = (name, attributes = {}, ...children) => filled(document.createElementNS(NS, name), attributes, children);
const html = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);

function hatching(id, {ground, lines = [], dots, turn = 0, width, ink = "#fff"}) {
  const gap = dots ?? lines[0] ?? SIZE, place = `rotate(${turn})`;
  const pattern = svg("pattern", {id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: place},
    svg("rect", {width: gap, height: gap, fill: ground}));
  if (dots) pattern.append(svg("circle", {cx: gap / 2, cy: gap / 2, r: width, fill: ink}));
  if (lines[0]) pattern.append(svg("rect", {width: gap, height: width, fill: ink}));
  if (lines[1]) pattern.append(svg("rect", {width, height: gap, fill: ink}));
  return pattern;
}

const corner = cell => [LEFT + cell.petak_x * SIZE, TOP + cell.petak_y * SIZE];
const PLACES = { // the centre of a cell in each view
  tiles: cell => corner(cell).map(edge => edge + SIZE / 2),
  points: cell => [(cell.lon - 94.6) * 24, TOP + (6.2 - cell.lat) * 24],
};
PLACES.batas = PLACES.points; // the installed boundaries, drawn in the same frame

function borders(cells) { // the lines between provinces, as one path
  const at = new Map(cells.map(cell => [`${cell.petak_x} ${cell.petak_y}`, cell]));
  let path = "";
  for (const cell of cells) {
    const [x, y] = corner(cell);
    const right = at.get(`${cell.petak_x + 1} ${cell.petak_y}`), below = at.get(`${cell.petak_x} ${cell.petak_y + 1}`);
    if (right && right.provinsi !== cell.provinsi) path += `M${x + SIZE} ${y}v${SIZE}`;
    if (below && below.provinsi !== cell.provinsi) path += `M${x} ${y + SIZE}h${SIZE}`;
  }
  return svg("path", {class: "borders", d: path});
}

function islandNames(cells, place) { // each island group's name above its cells
  return [...new Set(cells.map(cell => cell.pulau))].map(name => {
    const places = cells.filter(cell => cell.pulau === name).map(place), xs = places.map(([x]) => x);
    const y = Math.min(...places.map(([, y]) => y)) - SIZE / 2 - 6;
    return svg("text", {x: (Math.min(...xs) + Math.max(...xs)) / 2, y}, name);
  });
}

function tileNames(cells) { // each kabupaten's name within its tile
  return cells.map(cell => {
    const [x, y] = PLACES.tiles(cell), lines = wrapped(cell.nama), top = y + 1.2 - 1.9 * (lines.length - 1);
    return svg("text", {}, ...lines.map((line, i) => {
      const part = svg("tspan", {x, y: top + 3.8 * i});
      part.textContent = line;
      return part;
    }));
  });
}

function lockMark(lock, x, y) { // a padlock in a dark frame, or a cross in a dashed one
  const frame = {x: -9, y: -9, width: 18, height: 18, rx: 3};
  const d = lock === "in" ? "M-3.8 -.7h7.6v5.2h-7.6zM-2.2 -.7v-1.8a2.2 2.2 0 0 1 4.4 0v1.8" : "M-3.6 -3.6l7.2 7.2m0 -7.2l-7.2 7.2";
  return svg("g", {class: `mark ${lock}`, transform: `translate(${x} ${y})`},
    ...["halo", "frame"].map(name => svg("rect", {class: name, ...frame})),
    ...["edge", "glyph"].map(name => svg("path", {class: name, d})));
}

function legendEntry(key, text, drawn) {
  const swatch = svg("svg", {width: SIZE, height: SIZE, "aria-hidden": "true"}, drawn);
  return html("li", {"data-class": key}, swatch, html("span", {}, text));
}

function ahead(items, from, [dx, dy]) { // the cell that an arrow key leads to
  let best = null, least = Infinity;
  for (const item of items) {
    const along = (item.x - from.x) * dx + (item.y - from.y) * dy;
    const across = Math.abs((item.x - from.x) * dy) + Math.abs((item.y - from.y) * dx);
    if (along > 0.01 && along + 2.5 * across < least) [best, least] = [item, along + 2.5 * across];
  }
  return best;
}

function around(ring, item) { // put a ring around a cell, or away
  ring.style.display = item ? "" : "none";
  if (item) set(ring, {x: item.x - 12, y: item.y - 12, width: 24, height: 24});
}

function render({model, el}) {
  const id = `planner-map-${++maps}`, items = new Map(); // kode -> {cell, x, y, shape, mark}
  let active = null, shown = null, begun = null, resting = null, refused = "";

  const buttons = Object.keys(PLACES).map(view => html("button", {type: "button", "data-view": view}));
  const views = html("div", {class: "views", role: "group"}, ...buttons);
  const colourings = ["menu", "amount", "score", "certainty"].map(value => html("option", {value}));
  const select = html("select", {"data-testid": "map-colour"}, ...colourings), choiceName = html("span");
  const zooms = ["nearer", "farther", "all"].map(name => html("button", {type: "button", "data-zoom": name}));
  const zooming = html("div", {class: "zoom", role: "group"}, ...zooms);
  const names = svg("g", {class: "names", "aria-hidden": "true"});
  const ground = svg("g"), layer = svg("g", {class: "cells"}), above = svg("g", {class: "above", "aria-hidden": "true"});
  const chosen = svg("rect", {class: "chosen", rx: 4}), cursor = svg("rect", {class: "cursor", rx: 4});
  const hatchings = Object.entries(LOOKS).map(([key, look]) => hatching(`${id}-${key}`, look));
  const picture = svg("svg", {role: "application", preserveAspectRatio: "xMidYMin", "aria-describedby": `${id}-how`},
    svg("defs", {}, ...hatchings), ground, layer, names, above);
  const tipName = html("strong"), tipClass = html("span", {class: "class"}), tipText = html("span");
  const tipNo = html("span", {class: "no"});
  const tooltip = html("div", {class: "tip", role: "tooltip", hidden: ""}, tipName, tipClass, tipNo, tipText);
  const stage = html("div", {class: "stage"}, picture, tooltip);
  const legend = html("ul", {class: "legend"}), how = html("p", {class: "how", id: `${id}-how`});
  const said = html("div", {class: "said", role: "status"});
  const root = html("div", {class: "planner-map", "data-testid": "map", "data-lm-suppress-shortcuts": "true"},
    html("div", {class: "bar"}, views, html("label", {}, choiceName, select), zooming), stage,
    html("div", {class: "notes"}, legend, how), said);
  const zoom = zoomOf(picture, unscaled);
  el.append(root);

  const word = key => model.get("words")[key] ?? key;
  const lockOf = ({cell}) => model.get("locks")[cell.kode] ?? "free";
  const movedOf = ({cell}) => model.get("frames")[cell.kode] ?? ""; // by the last move: in or out
  const classOf = ({cell}) => model.get("legend")[model.get("classes")[cell.kode]] ?? {key: "none", label: ""};
  const reasonOf = ({cell}) => model.get("tips")[cell.kode] ?? "";
  const nameOf = ({cell}) => `${cell.nama}, ${cell.provinsi}`;
  const barred = item => { // why a click cannot lock it; what is locked by the file can be freed
    if (item.cell.otonom !== "ya") return word("blocked");
    if (model.get("readonly")) return word("how_readonly");
    return item.cell.usulan || lockOf(item) !== "free" ? "" : word("no_usulan");
  };
  const fill = pattern => `url(#${id}-${Object.hasOwn(LOOKS, pattern) ? pattern : "none"})`;

  function refresh(item) { // only what changed is touched
    const {shape} = item, {key, label, pattern} = classOf(item), lock = lockOf(item);
    const state = (lock === "free" ? "" : `${word(lock)}. `) + (movedOf(item) && `${word(`moved_${movedOf(item)}`)}. `);
    set(shape, {"aria-label": `${nameOf(item)}: ${label}. ${state}${reasonOf(item)}`, "aria-disabled": barred(item) !== "" && !model.get("readonly")});
    if (shape.getAttribute("data-class") !== key) {
      set(shape, {"data-class": key, fill: fill(pattern)});
      if (shape.tagName === "circle") enlarge(shape, !LOOKS[key]?.plain);
    }
    set(shape, {"data-moved": movedOf(item)});
    if (shape.getAttribute("data-lock") === lock) return;
    set(shape, {"data-lock": lock});
    item.mark?.remove();
    item.mark = lock === "free" ? null : above.insertBefore(lockMark(lock, item.x, item.y), chosen);
  }

  function enlarge(shape, coloured) { // a coloured point is larger and lies above the grey ones
    set(shape, {r: coloured ? 7 : 4});
    if (coloured && document.activeElement !== shape) layer.append(shape);
  }

  function repaint() { // traits that change in one message make one painting; its time runs until it is on screen
    if (begun !== null) return;
    begun = performance.now();
    queueMicrotask(() => {
      items.forEach(refresh);
      around(chosen, items.get(model.get("selected")));
      if (shown) tell(shown);
      const start = begun;
      begun = null;
      requestAnimationFrame(() => setTimeout(() => {
        set(root, {"data-paint-ms": (performance.now() - start).toFixed(1)});
      }));
    });
  }

  function draw() { // everything anew: at the start, for other cells and for another view
    const view = model.get("view"), cells = model.get("cells"), outlines = model.get("outlines"), half = SIZE / 2 - 1;
    hide(); items.clear();
    [ground, layer, names, above].forEach(part => part.replaceChildren());
    for (const cell of cells) {
      const [x, y] = PLACES[view](cell), button = {role: "button", tabindex: -1, "data-kode": cell.kode};
      const d = view === "batas" && outlines[cell.kode];
      const shape = view === "tiles" ? svg("rect", {x: x - half, y: y - half, width: 2 * half, height: 2 * half, rx: 2, ...button})
        : d ? svg("path", {d, ...button}) : svg("circle", {cx: x, cy: y, r: 4, ...button});
      items.set(cell.kode, {cell, x, y, shape, mark: null});
      layer.append(shape);
    }
    if (view === "tiles") above.append(borders(cells));
    above.append(chosen, cursor);
    ground.append(...islandNames(cells, PLACES[view]));
    if (view === "tiles") names.append(...tileNames(cells));
    zoom.set({w: WIDE, h: Math.max(0, ...[...items.values()].map(item => item.y)) + SIZE / 2 + 4});
    zooming.replaceChildren(...zooms, ...[...new Set(cells.map(cell => cell.pulau))].map(islandButton));
    buttons.forEach(button => set(button, {"aria-pressed": button.dataset.view === view}));
    buttons.at(-1).hidden = !Object.keys(outlines).length;
    active = items.get(active?.cell.kode ?? model.get("selected")) ?? items.values().next().value;
    if (active) set(active.shape, {tabindex: 0});
    around(cursor, null);
    repaint();
  }

  function islandButton(name) {
    const made = html("button", {type: "button", "data-island": name}, name);
    made.addEventListener("click", () => {
      const own = [...items.values()].filter(item => item.cell.pulau === name);
      const [x, y] = [Math.min(...own.map(item => item.x)) - 14, Math.min(...own.map(item => item.y)) - 34];
      zoom.over({x, y, w: Math.max(...own.map(item => item.x)) + 14 - x, h: Math.max(...own.map(item => item.y)) + 14 - y});
    });
    return made;
  }

  function unscaled(times) { // what keeps its size on the screen, and what is seen only from near
    picture.style.setProperty("--times", times);
    set(picture, {class: `${times > 1 ? "near" : ""} ${zoom.scale() >= NAMED ? "named" : ""}`.trim()});
    hide();
  }

  function label() { // the words of the language, and the legend
    set(root, {lang: word("lang")});
    set(views, {"aria-label": word("view")});
    set(zooming, {"aria-label": word("zoom")});
    for (const button of zooms) set(button, {title: word(button.dataset.zoom), "aria-label": word(button.dataset.zoom)});
    set(picture, {"aria-label": word("name")});
    set(legend, {"aria-label": word("legend")});
    choiceName.textContent = word("colour_by");
    how.textContent = word(model.get("readonly") ? "how_readonly" : "how");
    for (const button of buttons) button.textContent = word(button.dataset.view);
    for (const option of colourings) option.textContent = word(option.value);
    select.value = model.get("colour_by");
    const box = pattern => svg("rect", {x: 2, y: 2, width: SIZE - 4, height: SIZE - 4, rx: 2, fill: fill(pattern)});
    legend.replaceChildren(
      ...model.get("legend").map(({key, label, pattern}) => legendEntry(key, label, box(pattern))),
      ...["in", "out"].map(lock => legendEntry(lock, word(lock), lockMark(lock, SIZE / 2, SIZE / 2))),
      ...["in", "out"].map(way => legendEntry(`moved-${way}`, word(`moved_${way}`), set(box("none"), {"data-moved": way}))));
    repaint();
  }

  function tell(item) { // the tooltip, above the cell or, where there is no room, below
    const lock = lockOf(item), locked = lock === "free" ? "" : ` · ${word(lock)}`;
    shown = item;
    tipName.textContent = nameOf(item);
    tipClass.textContent = classOf(item).label + locked;
    tipText.textContent = reasonOf(item);
    tipNo.textContent = refused;
    tooltip.hidden = false;
    const all = stage.getBoundingClientRect(), box = item.shape.getBoundingClientRect();
    const left = box.left + box.width / 2 - all.left - tooltip.offsetWidth / 2;
    const over = box.top - all.top - tooltip.offsetHeight - 8;
    tooltip.style.left = `${Math.max(0, Math.min(all.width - tooltip.offsetWidth, left))}px`;
    tooltip.style.top = `${over >= -40 ? over : box.bottom - all.top + 8}px`;
  }

  function hide() { [shown, refused, tooltip.hidden] = [null, "", true]; }

  function pointed(event) { // the shape under the pointer, or the cell nearest; an assistive click has only a target
    if (event.target.tagName === "path" && event.target.dataset.kode) return items.get(event.target.dataset.kode);
    const {x, y} = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    let best = null, least = REACH;
    for (const item of items.values()) {
      const far = Math.hypot(item.x - x, item.y - y);
      if (far < least) [best, least] = [item, far];
    }
    return best ?? items.get(event.target.dataset?.kode);
  }

  function tellKernel(changes) {
    for (const [trait, value] of Object.entries(changes)) model.set(trait, value);
    model.save_changes();
  }

  function choose({cell}) {
    if (model.get("selected") !== cell.kode) tellKernel({selected: cell.kode});
  }

  function cycle(item) { // free -> locked in -> locked out -> free, or why not
    const kode = item.cell.kode, next = NEXT[lockOf(item)], {[kode]: _, ...others} = model.get("locks");
    refused = barred(item);
    said.textContent = `${nameOf(item)}: ${refused || word(next)}`;
    if (refused) choose(item);
    else tellKernel({selected: kode, locks: next === "free" ? others : {...others, [kode]: next}});
    tell(item);
  }

  const zoomBy = key => key === "0" ? zoom.all() : zoom.by(key === "+" ? 1.5 : 1 / 1.5, active ?? undefined);

  // on the stage: Chromium gives a tab stop to an SVG that listens to focus
  stage.addEventListener("keydown", event => {
    const arrow = ARROWS[event.key];
    if (event.key === "Escape" && shown) { hide(); event.stopPropagation(); }
    if (["+", "-", "0"].includes(event.key) && !event.ctrlKey && !event.metaKey) zoomBy(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || !(arrow || event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    event.stopPropagation();
    if (arrow) ahead(items.values(), active, arrow)?.shape.focus();
    else cycle(active);
  });
  stage.addEventListener("focusin", event => {
    const item = items.get(event.target.dataset.kode);
    if (!item) return;
    set(active.shape, {tabindex: -1}); // the one tab stop goes where the focus goes
    set(item.shape, {tabindex: 0});
    active = item;
    if (item.shape.matches(":focus-visible")) {
      around(cursor, item);
      zoom.follow(item, SIZE);
    }
    if (item !== shown) refused = "";
    tell(item);
    clearTimeout(resting);
    resting = setTimeout(() => document.activeElement === item.shape && choose(item), 250);
  });
  stage.addEventListener("focusout", () => { around(cursor, null); hide(); });
  picture.addEventListener("click", event => {
    const item = pointed(event);
    item?.shape.focus({preventScroll: true});
    if (item) (event.shiftKey ? choose : cycle)(item);
  });
  picture.addEventListener("pointermove", event => {
    const item = pointed(event);
    if (!item || event.buttons & 1) hide();
    else if (item !== shown) { refused = ""; tell(item); }
  });
  picture.addEventListener("pointerleave", () => active?.shape.matches(":focus-visible") ? tell(active) : hide());
  zooms.forEach((button, i) => button.addEventListener("click", () => [() => zoom.by(1.5), () => zoom.by(1 / 1.5), zoom.all][i]()));
  for (const button of buttons) button.addEventListener("click", () => tellKernel({view: button.dataset.view}));
  select.addEventListener("change", () => tellKernel({colour_by: select.value}));

  const heard = {cells: draw, outlines: draw, view: draw, words: label, legend: label, colour_by: label, readonly: label,
    classes: repaint, tips: repaint, locks: repaint, frames: repaint, selected: repaint};
  for (const [trait, listener] of Object.entries(heard)) model.on(`change:${trait}`, listener);
  label();
  draw();
  return () => { for (const [trait, listener] of Object.entries(heard)) model.off(`change:${trait}`, listener); };
}

export default {render};
