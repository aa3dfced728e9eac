// Zoom of the map: a part of the drawing fills the picture, which keeps its size; a drag moves it, a click stays a click.

const CLOSEST = 12, DRAG = 5; // times as large; pixels from which a press is a drag

function zoomOf(picture, changed) {
  let whole = {x: 0, y: 0, w: 1, h: 1}, part = whole, press = null, dragged = false;

  function show({x, y, w}) { // a part as wide as ``w``, of the picture's own proportions, inside the whole
    w = Math.min(whole.w, Math.max(whole.w / CLOSEST, w));
    const h = w * whole.h / whole.w, inside = (from, size, all) => Math.min(Math.max(from, 0), all - size);
    part = {x: inside(x, w, whole.w), y: inside(y, h, whole.h), w, h};
    picture.setAttribute("viewBox", `${part.x} ${part.y} ${part.w} ${part.h}`);
    changed(whole.w / w);
  }

  function by(factor, at = {x: part.x + part.w / 2, y: part.y + part.h / 2}) { // the place ``at`` stays where it is
    const w = Math.min(whole.w, Math.max(whole.w / CLOSEST, part.w / factor)), share = w / part.w;
    show({x: at.x - (at.x - part.x) * share, y: at.y - (at.y - part.y) * share, w});
  }

  function over({x, y, w, h}) { // as near as a frame fits
    const wide = Math.max(w, h * whole.w / whole.h);
    show({x: x + w / 2 - wide / 2, y: y + h / 2 - wide * whole.h / whole.w / 2, w: wide});
  }

  function follow({x, y}, room) { // bring a place into sight
    const seen = (at, from, size) => at >= from + room && at <= from + size - room;
    if (part.w === whole.w || (seen(x, part.x, part.w) && seen(y, part.y, part.h))) return;
    show({x: x - part.w / 2, y: y - part.h / 2, w: part.w});
  }

  const place = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  picture.addEventListener("wheel", event => { // on a page that scrolls only with Ctrl, as maps on pages do
    const nearer = event.deltaY < 0;
    if (!(event.ctrlKey || picture.closest(".planner-meeting")) || (!nearer && part.w === whole.w)) return;
    event.preventDefault();
    by(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 120) / 400), place(event));
  }, {passive: false});
  picture.addEventListener("pointerdown", event => {
    dragged = false;
    press = event.button === 0 && part.w < whole.w ? {x: event.clientX, y: event.clientY, part} : null;
  });
  picture.addEventListener("pointermove", event => {
    if (!press || !(event.buttons & 1)) return;
    const dx = event.clientX - press.x, dy = event.clientY - press.y;
    if (!dragged && Math.hypot(dx, dy) < DRAG) return;
    if (!dragged) picture.setPointerCapture(event.pointerId);
    dragged = true;
    const scale = part.w / picture.getBoundingClientRect().width;
    show({x: press.part.x - dx * scale, y: press.part.y - dy * scale, w: part.w});
  });
  picture.addEventListener("pointerup", () => { press = null; });
  new ResizeObserver(() => changed(whole.w / part.w)).observe(picture);
  picture.addEventListener("click", event => { if (dragged) event.stopImmediatePropagation(); }, true);

  return {
    by, over, follow, scale: () => picture.getBoundingClientRect().width / part.w,
    set(size) { whole = {x: 0, y: 0, ...size}; show(whole); },
    all() { show(whole); },
  };
}

function wrapped(name) { // a name in up to four lines for a tile; a word of more than nine letters is cut in half
  const words = name.replace(/^(Kabupaten|Kota) Administrasi |^Kabupaten /, "").split(" ").flatMap(word => {
    const half = Math.ceil(word.length / 2);
    return word.length > 9 ? [`${word.slice(0, half)}-`, word.slice(half)] : [word];
  });
  const lines = [words[0]];
  for (const word of words.slice(1)) {
    const last = lines.at(-1);
    if (!last.endsWith("-") && last.length + 1 + word.length <= 9) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.slice(0, 4);
}
