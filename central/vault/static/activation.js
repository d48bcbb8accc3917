// The activation page: takes locator and code out of the address's fragment, and tells slips of the finger early.
// Everything works without it: the form is then typed by hand and checked by the server.
"use strict";

(() => {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // wire/codes.py
  const UNDERSTOOD = { O: "0", I: "1", L: "1" };
  const LOCATOR_SYMBOLS = 8;
  const CODE_SYMBOLS = 17;
  const PASSPHRASE_SHORTEST = 12;

  const compact = (text) =>
    [...text.toUpperCase().replace(/[\s·-]/gu, "")].map((symbol) => UNDERSTOOD[symbol] ?? symbol).join("");
  const known = (symbols) => [...symbols].every((symbol) => ALPHABET.includes(symbol));
  const grouped = (symbols) => symbols.match(/.{1,4}/gu)?.join("-") ?? "";

  // ISO 7064 Mod 33,32 (the hybrid system of Mod 37,36 over 32 symbols).
  const checks = (symbols) => {
    const modulus = ALPHABET.length;
    let check = modulus / 2;
    for (const symbol of symbols) {
      check = (((check || modulus) * 2) % (modulus + 1) + ALPHABET.indexOf(symbol)) % modulus;
    }
    return check === 1;
  };

  const locatorProblem = (text) => {
    const symbols = compact(text);
    if (!symbols) return "Saisissez le numéro imprimé sur votre ticket.";
    if (!known(symbols)) return "Le numéro ne comporte que des lettres et des chiffres.";
    if (symbols.length !== LOCATOR_SYMBOLS) return "Le numéro compte 8 lettres ou chiffres. Vérifiez qu’il n’en manque pas.";
    return "";
  };
  const codeProblem = (text) => {
    const symbols = compact(text);
    if (!symbols) return "Saisissez le code imprimé sur votre ticket.";
    if (!known(symbols)) return "Un signe du code n’existe pas sur nos tickets. Relisez-le.";
    if (symbols.length !== CODE_SYMBOLS) {
      return "Le code compte quatre groupes de quatre, puis un dernier signe. Vérifiez qu’il n’en manque pas.";
    }
    return checks(symbols) ? "" : "Un signe du code est mal recopié. Relisez-le : cette erreur ne compte pas comme un essai.";
  };

  const form = document.querySelector("[data-activation]");
  const focusFirst = document.querySelector("[data-focus]");
  focusFirst?.focus();
  if (!form) return;

  const field = (name) => form.elements.namedItem(name);
  const rules = {
    locator: () => locatorProblem(field("locator").value),
    code: () => codeProblem(field("code").value),
    passphrase: () =>
      [...field("passphrase").value.normalize("NFC")].length < PASSPHRASE_SHORTEST
        ? "La phrase de passe compte au moins 12 caractères." : "",
    passphrase_again: () =>
      field("passphrase_again").value === field("passphrase").value
        ? "" : "Les deux phrases de passe sont différentes. Saisissez-les de nouveau.",
  };

  const show = (name, sentence) => {
    const place = document.getElementById(`${name}-problem`);
    place.textContent = sentence;
    place.hidden = !sentence;
    if (sentence) field(name).setAttribute("aria-invalid", "true");
    else field(name).removeAttribute("aria-invalid");
    return !sentence;
  };

  const tidy = (name) => {
    const input = field(name);
    const symbols = compact(input.value);
    if (known(symbols)) input.value = grouped(symbols);
  };

  const takeFromAddress = () => {
    const handed = new URLSearchParams(window.location.hash.slice(1));
    if (!handed.has("L") || !handed.has("C")) return;
    // Out of the address first: it must not stay in the history, a bookmark or a shared link.
    window.history.replaceState(null, "", window.location.pathname);
    field("locator").value = grouped(compact(handed.get("L")));
    field("code").value = grouped(compact(handed.get("C")));
    const read = show("locator", rules.locator()) && show("code", rules.code());
    const said = document.getElementById("from-slip");
    said.textContent = read
      ? "Votre ticket est lu : le numéro et le code sont remplis. Il reste à choisir votre phrase de passe."
      : "Le carré n’a pas pu être lu en entier. Complétez à la main.";
    said.hidden = false;
    field(read ? "passphrase" : "locator").focus({ preventScroll: true });
    said.scrollIntoView({ block: "start" });
  };

  // Pressing the button ends the field before it: a sentence that appeared then would push the button from under the
  // finger, and the press would be lost. Sending checks everything anyway.
  const button = form.querySelector("[type=submit]");
  let pressing = false;
  button.addEventListener("pointerdown", () => { pressing = true; });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => window.setTimeout(() => { pressing = false; }, 0));
  }

  for (const name of Object.keys(rules)) {
    field(name).addEventListener("change", () => {
      if (name === "locator" || name === "code") tidy(name);
      if (field(name).value && !pressing) show(name, rules[name]());
    });
    field(name).addEventListener("input", () => {
      if (field(name).hasAttribute("aria-invalid") && !rules[name]()) show(name, "");
    });
  }

  form.addEventListener("submit", (event) => {
    const wrong = Object.keys(rules).filter((name) => !show(name, rules[name]()));
    if (wrong.length > 0) {
      event.preventDefault();
      field(wrong[0]).focus();
      return;
    }
    button.setAttribute("aria-disabled", "true");
    button.textContent = button.dataset.busy;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });

  const reveal = form.querySelector("[data-reveal]");
  reveal.hidden = false;
  reveal.querySelector("input").addEventListener("change", (event) => {
    const kind = event.target.checked ? "text" : "password";
    field("passphrase").type = kind;
    field("passphrase_again").type = kind;
  });

  // A page taken from the browser's memory (back button) must not offer the last code and passphrase again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.replace(window.location.pathname);
  });
  window.addEventListener("hashchange", takeFromAddress);
  takeFromAddress();
})();
