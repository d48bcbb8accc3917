// What the screens need beyond forms: focus, signs of life, the notice's end, and keys for fingers.
// No state is kept here: the session holds it, a reload loses nothing but half-typed fields.
"use strict";
(() => {
  const LIFE_EVERY_MS = 5000;
  const ENDINGS = ["@gmail.com", "@orange.fr", "@free.fr", ".fr", ".com"];
  const ROWS = { digits: ["123", "456", "789"], email: ["1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn-_.@"] };
  let lastLife = 0;

  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  function alive() {
    const now = Date.now();
    if (now - lastLife < LIFE_EVERY_MS) return;
    lastLife = now;
    fetch("/activite", { method: "POST", headers: { "X-CSRF-Token": token() } }).catch(() => {});
  }

  function arrive() {
    const title = document.querySelector("main h1");
    if (title) {
      title.focus({ preventScroll: true });
      document.getElementById("announce").textContent = title.textContent;
    }
    const complaint = document.querySelector(".field--wrong input");
    if (complaint) complaint.focus();
    watchNotice();
    offerKeys();
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
    next.textContent = next.dataset.more;
    next.classList.add("button--more");
    new IntersectionObserver((entries, observer) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        reached();
        observer.disconnect();
      }
    }, { root: box, threshold: 0.5 }).observe(end);
    next.addEventListener("click", (event) => {
      if (field.value === "1") return;
      event.preventDefault();
      box.scrollBy({ top: box.clientHeight * 0.8, behavior: "smooth" });
    });
    box.addEventListener("scroll", alive, { passive: true });
  }

  function offerKeys() {
    const home = document.querySelector("[data-keys-home]");
    if (!home) return;
    document.querySelectorAll("[data-keys]").forEach((input) => {
      input.addEventListener("focus", () => build(home, input));
    });
    const first = document.querySelector(".field--wrong [data-keys]") || document.querySelector("[data-keys]");
    build(home, first);
  }

  function build(home, input) {
    home.hidden = false;
    home.replaceChildren();
    home.className = "keys keys--" + input.dataset.keys;
    home.dataset.padFor = input.id;
    document.querySelectorAll(".field").forEach((one) => one.classList.toggle("field--here", one.contains(input)));
    ROWS[input.dataset.keys].forEach((row) => home.append(rowOf([...row].map((key) => [key, key]))));
    const middle = input.dataset.keys === "email" ? ENDINGS : ["0"];
    home.append(rowOf([["clear", "Effacer"], ...middle.map((key) => [key, key]), ["back", "⌫"]], "keys__row--last"));
  }

  function rowOf(keys, kind) {
    const row = document.createElement("div");
    row.className = "keys__row " + (kind || "");
    keys.forEach(([key, label]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "key";
      button.dataset.key = key;
      button.textContent = label;
      if (key === "back") button.setAttribute("aria-label", "Effacer le dernier caractère");
      row.append(button);
    });
    return row;
  }

  function press(button) {
    const pad = button.closest("[data-pad-for]");
    const input = document.getElementById(pad.dataset.padFor);
    const key = button.dataset.key;
    if (key === "clear") input.value = "";
    else if (key === "back") input.value = input.value.slice(0, -1);
    else if (input.value.length + key.length <= input.maxLength) input.value += key;
  }

  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key);
  });
  ["pointerdown", "keydown"].forEach((name) => document.addEventListener(name, alive, { passive: true }));
  document.addEventListener("DOMContentLoaded", arrive);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "screen" || event.detail.elt.id === "screen") arrive();
  });
  const lost = (isLost) => { document.getElementById("lost").hidden = !isLost; };
  ["htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, () => lost(true)));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr && event.detail.xhr.status === 403) window.location.reload(); // a new process, a new cookie
    else if (event.detail.successful) lost(false);
  });
})();
