// What the screens need beyond forms: focus, signs of life, the notice's end, scrolling by a button.
// No state is kept here: the session holds it. What is half typed survives a redraw of the same screen, and no other.
"use strict";
(() => {
  const LIFE_EVERY_MS = 5000;
  let lastLife = 0;
  let before = null;

  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  const screen = () => document.getElementById("screen");
  const main = () => document.querySelector("main");

  function alive() {
    const now = Date.now();
    if (now - lastLife < LIFE_EVERY_MS) return;
    lastLife = now;
    fetch(`${document.documentElement.dataset.base}/activite`, { method: "POST", headers: { "X-CSRF-Token": token() } }).catch(() => {});
  }

  // What a redraw of the same screen (another language, larger text) must not lose.
  function remember() {
    const fields = [...document.querySelectorAll("[data-keep], #pin")].map((field) => ({
      key: keyOf(field), value: field.value, checked: field.checked, ticks: ["checkbox", "radio"].includes(field.type),
    }));
    const notice = document.querySelector("[data-notice]");
    const active = document.activeElement;
    before = {
      step: main().dataset.step, place: main().scrollTop, fields, focus: active && active.dataset ? keyOf(active) : "",
      scroll: notice ? notice.scrollTop / Math.max(1, notice.scrollHeight) : 0,
      read: (document.querySelector("[data-notice-field]") || {}).value,
    };
  }

  function keyOf(element) {
    return element.dataset.test || element.id;
  }

  function restore() {
    const same = before && before.step === main().dataset.step;
    if (same && !document.querySelector("[data-test=complaint]")) before.fields.forEach(putBack);
    if (same) main().scrollTop = before.place;
    const notice = document.querySelector("[data-notice]");
    if (same && notice) {
      notice.scrollTop = before.scroll * notice.scrollHeight;
      document.querySelector("[data-notice-field]").value = before.read || "";
    }
    return same ? before.focus : "";
  }

  function putBack(kept) {
    const field = document.querySelector(`[data-test="${kept.key}"]`);
    if (!field) return;
    if (kept.ticks) field.checked = kept.checked;
    else if (kept.value) field.value = kept.value;
  }

  function arrive() {
    document.documentElement.lang = screen().lang;
    document.documentElement.dir = screen().dir;
    const had = restore();
    before = null;
    focusOn(had);
    watchNotice();
    watchOverflow();
    document.dispatchEvent(new CustomEvent("screen:arrived"));
  }

  function focusOn(had) {
    const top = document.querySelector("[data-top]");
    const wrong = document.querySelector(".field--wrong input");
    const title = (top || main()).querySelector("h1, h2");
    const again = had && (top || screen()).querySelector(`[data-test="${had}"]`);
    const target = again || (top ? null : wrong) || title;
    if (target) target.focus({ preventScroll: !again });
    if (target === title && title) document.getElementById("announce").textContent = title.textContent;
  }

  function watchNotice() {
    const end = document.querySelector("[data-notice-end]");
    const next = document.querySelector("[data-notice-next]");
    if (!end || !next) return;
    const box = document.querySelector("[data-notice]");
    const field = document.querySelector("[data-notice-field]");
    const reached = () => {
      field.value = "1";
      next.textContent = next.dataset.done;
      next.classList.remove("button--more");
    };
    if (field.value === "1") return reached();
    next.textContent = next.dataset.more + " ↓";
    next.classList.add("button--more");
    new IntersectionObserver((entries, observer) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        reached();
        observer.disconnect();
      }
    }, { root: box, threshold: 0.5 }).observe(end);
    box.addEventListener("notice:heard", reached);
    next.addEventListener("click", (event) => {
      if (field.value === "1") return;
      event.preventDefault();
      box.scrollBy({ top: box.clientHeight * 0.8, behavior: "smooth" });
    });
    box.addEventListener("scroll", alive, { passive: true });
  }

  // Whatever does not fit scrolls; a button says so and does it for who has no finger to swipe with.
  function watchOverflow() {
    const button = document.querySelector("[data-scroll]");
    const boxes = [main(), ...document.querySelectorAll(".stage > .words, .stage > .controls, .sheet__middle")];
    const rest = (box) => box.scrollHeight - box.clientHeight - box.scrollTop;
    const look = () => {
      boxes.forEach((box) => {
        if (box.scrollHeight > box.clientHeight + 2 && getComputedStyle(box).overflowY !== "visible") box.tabIndex = 0;
        else box.removeAttribute("tabindex");
      });
      button.hidden = !boxes.some((box) => box.tabIndex === 0 && rest(box) > 8);
    };
    button.onclick = () => {
      const box = boxes.find((one) => one.tabIndex === 0 && rest(one) > 8);
      if (box) box.scrollBy({ top: box.clientHeight * 0.7, behavior: "smooth" });
    };
    boxes.forEach((box) => box.addEventListener("scroll", () => { look(); alive(); }, { passive: true }));
    look();
    document.fonts.ready.then(look);
  }

  // "Are you still there?" comes alone, over a screen that stays: nothing behind it may be reached.
  function cover() {
    const covered = Boolean(document.querySelector("[data-top]"));
    document.querySelectorAll("[data-behind]").forEach((part) => { part.inert = covered; });
    const first = document.querySelector("#veil [data-top] button");
    if (first) first.focus();
  }

  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, alive, { passive: true }));
  document.addEventListener("DOMContentLoaded", arrive);
  document.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target.id === "screen") remember(); });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "veil" || event.detail.elt.id === "veil") cover();
    else if (event.detail.target.id === "screen" || event.detail.elt.id === "screen") arrive();
  });
  // A page that the terminal cannot wipe any more wipes itself: a tablet out of reach, a program that starts again.
  const SILENT_MS = 10000;
  let heard = Date.now();
  const lost = (isLost) => {
    if (!isLost) heard = Date.now();
    document.getElementById("lost").hidden = !isLost;
    document.body.classList.toggle("body--lost", Date.now() - heard >= SILENT_MS);
  };
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, () => lost(true)));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr && event.detail.xhr.status === 403) window.location.reload(); // a new process, a new cookie
    else if (event.detail.successful) lost(false);
  });
})();
