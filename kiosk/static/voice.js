// The spoken mode: plays what the screen now shown says, and falls silent as soon as another one comes.
// Keys (none of them while a field is being written): 0 begins the spoken mode and says it again, + and - set the
// loudness. The sound comes from where the page is, so a patient's second screen speaks for itself.
"use strict";
(() => {
  const LOUDER = { "+": 0.15, "-": -0.15 };
  let sound = null;
  let loudness = 0.7;

  const screen = () => document.getElementById("screen");
  const token = () => document.querySelector('meta[name="csrf-token"]').content;

  function hush() {
    if (sound) sound.pause();
    sound = null;
  }

  function speak() {
    hush();
    if (!("voice" in screen().dataset)) return;
    const notice = document.querySelector("[data-notice]");
    const mine = new Audio(`${document.documentElement.dataset.base}/voix?revision=${screen().dataset.revision}`);
    mine.volume = loudness;
    // Heard to the end is as good as scrolled to the end (domain/dmp.md §16 K5).
    mine.addEventListener("ended", () => { if (notice && sound === mine) notice.dispatchEvent(new Event("notice:heard")); });
    sound = mine;
    mine.play().catch(() => {}); // nothing to be heard: the screen stands for itself
  }

  // Two fields of the comfort; the page is drawn anew by its own next question to the terminal.
  async function begin() {
    for (const field of ["voice", "keypad"]) {
      const body = new URLSearchParams({ field, value: "on", visit: document.querySelector("input[name=visit]").value });
      await fetch(`${document.documentElement.dataset.base}/touch/${document.querySelector("main").dataset.step}/comfort`, {
        method: "POST", body, headers: { "X-CSRF-Token": token(), "HX-Request": "true" },
      });
    }
  }

  document.addEventListener("keydown", (event) => {
    const writes = event.target.matches("input:not([type=checkbox]):not([type=radio])");
    if (writes || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in LOUDER) {
      loudness = Math.min(1, Math.max(0.1, loudness + LOUDER[event.key]));
      if (sound) sound.volume = loudness;
    } else if (event.key === "0" && "voice" in screen().dataset) speak();
    else if (event.key === "0" && "voiceOffered" in screen().dataset) begin().catch(() => {});
  });
  document.addEventListener("screen:arrived", speak);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "veil" || event.detail.elt.id === "veil") speak();
  });
})();
