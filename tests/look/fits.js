// What a person need not look for by eye: nothing outside the glass, no text outside its box, no target too small or
// too near to the next, every control low where the layout is low.
(isLow) => {
  const bad = [];
  const top = document.querySelector("[data-top]");
  const seen = (e) => e.getClientRects().length > 0 && !e.closest("[inert]") && (!top || top.contains(e));
  const name = (e) => `${e.dataset.test || e.dataset.key || e.className || e.tagName}: ${e.textContent.trim().slice(0, 30)}`;
  const clip = (e) => {
    for (let box = e.parentElement; box; box = box.parentElement) {
      if (/auto|scroll|hidden/.test(getComputedStyle(box).overflowY) && box.scrollHeight > box.clientHeight + 2) return box;
    }
    return null;
  };
  const controls = [...document.querySelectorAll("button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), .box, .pill")].filter(seen);
  for (const element of controls) {
    const box = element.getBoundingClientRect();
    const scroller = clip(element);
    if (box.right > innerWidth + 1 || box.left < -1) bad.push(["outside", name(element)]);
    if (!scroller && (box.bottom > innerHeight + 1 || box.top < -1)) bad.push(["outside", name(element)]);
    if (element.scrollWidth > element.clientWidth + 2) bad.push(["text overflows", name(element)]);
    if (element.scrollHeight > element.clientHeight + 4 && element.tagName === "BUTTON") bad.push(["text overflows down", name(element)]);
    if (box.height < 47.5 || box.width < 47.5) bad.push(["small", name(element), box.width, box.height]);
    const lowest = innerHeight * 0.55 - 1;
    if (isLow && (scroller ? scroller.getBoundingClientRect().top < lowest && box.top < lowest : box.top < lowest)) bad.push(["high", name(element), box.top]);
  }
  const boxes = controls.filter((e) => e.matches("button, .box, .pill")).map((e) => [e, e.getBoundingClientRect()]);
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length; j++) {
      const [a, b] = [boxes[i][1], boxes[j][1]];
      const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
      const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
      const hidden = clip(boxes[i][0]) !== clip(boxes[j][0]);
      if (!hidden && across < 7.5 && down < 7.5) bad.push(["near", name(boxes[i][0]), name(boxes[j][0]), Math.round(Math.max(across, down))]);
    }
  }
  for (const element of [...document.querySelectorAll("h1, h2, p, li, dd, dt, .field label, legend")].filter(seen)) {
    if (element.classList.contains("unseen")) continue;
    if (element.scrollWidth > element.clientWidth + 2 && getComputedStyle(element).display !== "inline") bad.push(["words overflow", name(element)]);
  }
  for (const box of document.querySelectorAll("main, .words, .controls, .notice, .sheet__middle, .bottom, .side")) {
    if (box.scrollWidth > box.clientWidth + 2) bad.push(["scrolls sideways", box.className || box.tagName]);
  }
  if (document.documentElement.scrollWidth > innerWidth) bad.push(["page scrolls sideways"]);
  return bad;
}
