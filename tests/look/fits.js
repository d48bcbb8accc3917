// What a person need not look for by eye: nothing outside the window, no text outside its button, no target too small.
() => {
  const bad = [];
  const shown = [...document.querySelectorAll("button, h1, .field, .person, .bottom__place")].filter((e) => e.offsetParent);
  for (const element of shown) {
    const box = element.getBoundingClientRect();
    const name = element.textContent.trim().slice(0, 40);
    if (box.right > innerWidth + 1 || box.left < -1 || box.bottom > innerHeight + 1) bad.push(["outside", name]);
    if (element.tagName !== "BUTTON") continue;
    if (element.scrollWidth > element.clientWidth + 2) bad.push(["text overflows", name]);
    if (element.dataset.key && (box.height < 48 || box.width < 48)) bad.push(["small key", name, box.width, box.height]);
    if (!element.dataset.key && box.height < 63) bad.push(["low", name, box.height]);
  }
  const main = document.querySelector("main");
  if (document.documentElement.scrollWidth > innerWidth) bad.push(["scrolls sideways"]);
  if (main.scrollHeight > main.clientHeight + 2) bad.push(["does not fit", main.scrollHeight, main.clientHeight]);
  return bad;
}
