// An Enter that takes an input method's word is the input method's. Gradio's box sends at the key's press; most
// browsers tell none while a word is being composed, but not all, and Safari ends the composition before the key,
// which it then tells by its code (229) only.
let taken = false;

const composing = (event) => event.isComposing || event.keyCode === 229;

function stop(event) {
  event.stopImmediatePropagation();
  if (event.type === "keypress") event.preventDefault();
}

window.addEventListener("keydown", (event) => {
  taken = event.key === "Enter" && composing(event);
  if (taken) stop(event);
}, true);
window.addEventListener("keypress", (event) => {
  if (event.key === "Enter" && (taken || composing(event))) stop(event);
}, true);
window.addEventListener("keyup", () => (taken = false), true);
