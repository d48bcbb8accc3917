// A barcode or QR scanner types like a keyboard, faster than any hand, and ends with Enter. Where the screen takes a code
// (data-scan) such a burst is posted and forgotten: it is never in a field, an address or the page. Everywhere else it is
// swallowed, or its digits would answer questions. A field that is written in is left alone, and so is every slow key.
"use strict";
(() => {
  const GAP_MS = 50; // between two keys of a scanner; a fast hand needs twice that
  const SHORTEST = 8; // as in kiosk/enrolment/scan.py
  const LONGEST = 4305; // a prefix, the longest code, and one too many
  let burst = "";
  let lastAt = -Infinity;
  let first = null; // in keypad mode: the first key waits until it is known to be of a hand
  const returned = new WeakSet(); // keys that were

  const screen = () => document.getElementById("screen");
  const isWritten = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea");
  const isOurs = (event) =>
    !returned.has(event) && !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey && !isWritten(event.target);

  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // A key alone is a hand's: give back what was held.
  function release(key) {
    first = null;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    returned.add(event);
    (document.activeElement || document.body).dispatchEvent(event);
  }

  function begin(event) {
    burst = event.key;
    if (!screen()?.hasAttribute("data-keypad") || !/^[0-9*#]$/.test(event.key)) return;
    swallow(event);
    first = window.setTimeout(() => release(burst), GAP_MS);
  }

  function goOn(event) {
    window.clearTimeout(first);
    first = null;
    if (burst.length < LONGEST) burst += event.key;
    swallow(event);
  }

  function end(event) {
    const text = burst;
    burst = "";
    if (text.length < SHORTEST) return;
    swallow(event);
    const { scan, scanPrefix, visit } = screen()?.dataset ?? {};
    if (scan && text.startsWith(scanPrefix)) post(scan, visit, text);
  }

  // The screen that answers comes with the next look at the session.
  function post(step, visit, code) {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    fetch(`/touch/${step}/scan`, {
      method: "POST", redirect: "manual", cache: "no-store",
      headers: { "X-CSRF-Token": token }, body: new URLSearchParams({ visit, code }),
    }).catch(() => {});
  }

  document.addEventListener("keydown", (event) => {
    if (!isOurs(event)) return;
    const isFast = event.timeStamp - lastAt <= GAP_MS;
    if (event.key.length === 1) {
      lastAt = event.timeStamp;
      if (isFast && burst) goOn(event);
      else begin(event);
    } else if (event.key === "Enter" && isFast) end(event);
    else if (event.key !== "Shift") burst = "";
  }, { capture: true });
})();
