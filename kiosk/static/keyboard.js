// Keys for fingers: the ones of the field that is being written are shown, and write into it where the caret stands.
"use strict";
(() => {
  function offer() {
    const home = document.querySelector("[data-keys-home]");
    if (!home) return;
    home.hidden = false;
    const fields = [...document.querySelectorAll("[data-keys]")];
    fields.forEach((field) => field.addEventListener("focus", () => show(home, field)));
    show(home, fields.find((field) => field === document.activeElement) || fields[0]);
  }

  function show(home, field) {
    home.dataset.padFor = field.id;
    home.querySelectorAll("[data-keys-kind]").forEach((keys) => {
      keys.hidden = keys.dataset.keysKind !== field.dataset.keys;
    });
    document.querySelectorAll(".field").forEach((one) => one.classList.toggle("field--here", one.contains(field)));
  }

  // With large text field and keys may not both be in sight: the touched field goes up.
  function bringUp(field) {
    const home = document.querySelector("[data-keys-home]");
    const room = field.closest("main").getBoundingClientRect();
    if (home.getBoundingClientRect().bottom > room.bottom) field.closest(".field").scrollIntoView({ block: "start" });
  }

  function press(button) {
    const pad = button.closest("[data-pad-for]");
    const field = document.getElementById(pad.dataset.padFor);
    const key = button.dataset.key;
    if (key === "clear") field.value = "";
    else if (key === "back") rubOut(field);
    else if (field.value.length + key.length <= field.maxLength) write(field, key);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Fields of type e-mail have no caret to ask for: there one writes at the end.
  const caret = (field) => (field.selectionStart === null ? field.value.length : field.selectionStart);

  function write(field, key) {
    const at = document.activeElement === field ? caret(field) : field.value.length;
    const letter = field.dataset.keys === "name" && at > 0 ? key : key.toUpperCase();
    const text = field.dataset.keys === "name" ? letter : key;
    field.value = field.value.slice(0, at) + text + field.value.slice(at);
  }

  function rubOut(field) {
    field.value = [...field.value].slice(0, -1).join("");
  }

  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) press(key);
    else if (event.target.matches("input[data-keys]")) bringUp(event.target);
  });
  document.addEventListener("screen:arrived", offer);
})();
