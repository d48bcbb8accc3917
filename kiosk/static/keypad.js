// Everything without a finger: arrows go to the nearest control in their direction, Enter touches it. In keypad mode
// the digits choose the n-th answer (badges show them; the arrows reach the rest), * goes back or rubs out, # goes on.
"use strict";
(() => {
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const REACHED = 'button:not(:disabled), input:not([type="hidden"]):not(:disabled), [tabindex="0"]';

  const layer = () => document.querySelector("[data-top]") || document;
  const isText = (element) => element.matches("input:not([type=checkbox]):not([type=radio])");
  const isSeen = (element) => element.getClientRects().length > 0 && !element.closest("[inert], [hidden]");

  // Edge to edge: a wide button below counts as near, also where its middle lies far to the side.
  function nearest(from, [right, down]) {
    const here = from.getBoundingClientRect();
    let best = null;
    let least = Infinity;
    [...layer().querySelectorAll(REACHED)].filter((one) => !one.contains(from) && isSeen(one)).forEach((one) => {
      const there = one.getBoundingClientRect();
      const across = span(here.left, here.right, there.left, there.right);
      const along = span(here.top, here.bottom, there.top, there.bottom);
      const ahead = right ? across.middle * right : along.middle * down;
      const far = right ? across.gap + 2.5 * along.gap : along.gap + 2.5 * across.gap;
      const total = far + 0.1 * Math.abs(right ? along.middle : across.middle);
      if (ahead > 4 && total < least) [best, least] = [one, total];
    });
    return best;
  }

  function span(from, to, otherFrom, otherTo) {
    return { gap: Math.max(0, otherFrom - to, from - otherTo), middle: (otherFrom + otherTo - from - to) / 2 };
  }

  function move(event) {
    const from = document.activeElement;
    if (isText(from) && event.key.match(/Left|Right/) && from.value) return;
    if (from.matches("[data-notice], main, .words, .controls, .sheet__middle") && scrolls(from, event.key)) return;
    const target = from === document.body || from.matches("h1, h2") ? first() : nearest(from, ARROWS[event.key]);
    event.preventDefault();
    if (target) target.focus();
  }

  // A box that scrolls takes up and down for itself until its end.
  function scrolls(box, key) {
    if (key === "ArrowDown") return box.scrollTop + box.clientHeight < box.scrollHeight - 2;
    return key === "ArrowUp" && box.scrollTop > 0;
  }

  function first() {
    const inside = document.querySelector("[data-top]") || document.querySelector("main");
    return [...inside.querySelectorAll(REACHED)].find(isSeen) || [...layer().querySelectorAll(REACHED)].find(isSeen);
  }

  function choose(digit) {
    const inside = document.querySelector("[data-top]") || document.querySelector("main");
    const chosen = [...inside.querySelectorAll("[data-choice]")].filter(isSeen)[digit - 1];
    if (!chosen) return;
    chosen.focus();
    chosen.click();
  }

  function goBack() {
    const way = document.querySelector("[data-top] [data-back]") || document.querySelector(".bottom [data-back]");
    if (way) way.click();
  }

  function keypad(event) {
    const here = document.activeElement;
    const writes = isText(here);
    if (event.key === "*" && writes && here.value) here.value = here.value.slice(0, -1);
    else if (event.key === "*") goBack();
    else if (event.key === "#") (document.querySelector("[data-top]") || document.querySelector("main")).querySelector(".button--primary")?.click();
    else if (writes && here.id !== "") return;
    else choose(Number(event.key));
    event.preventDefault();
  }

  // A tick or a radio button takes Enter like a button: a keypad has no space bar.
  function enter(event) {
    if (!event.target.matches('input[type="checkbox"], input[type="radio"]')) return;
    event.preventDefault();
    event.target.click();
  }

  // In keypad mode whoever must type finds the caret in the field.
  function arrive() {
    if (!document.querySelector(".screen[data-keypad]") || document.querySelector("[data-top]")) return;
    const field = document.querySelector("main #pin, main [data-keys]");
    if (field && document.activeElement.matches("h1, body")) field.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in ARROWS) move(event);
    else if (event.key === "Enter") enter(event);
    else if (document.querySelector(".screen[data-keypad]") && /^[1-9*#]$/.test(event.key)) keypad(event);
  });
  document.addEventListener("screen:arrived", arrive);
})();
