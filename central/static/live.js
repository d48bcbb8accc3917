// A part of the page that renews itself leaves every scrolled box where its reader had it. htmx keeps the focus, by id.
"use strict";

document.addEventListener("htmx:beforeSwap", (event) => {
  const places = new Map();
  for (const box of event.detail.target.querySelectorAll(".scroll[id]")) places.set(box.id, [box.scrollTop, box.scrollLeft]);
  const restore = () => {
    for (const [id, [top, left]] of places) {
      const box = document.getElementById(id);
      if (box) box.scrollTo({ top, left, behavior: "instant" });
    }
  };
  document.addEventListener("htmx:afterSwap", restore, { once: true });
});
