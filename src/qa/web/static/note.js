// One line over the page that says what became of something, for eight seconds; read out by screen readers.
const line = document.getElementById("yj-note");
let timer = 0;

export function note(text, stays = false) {
  clearTimeout(timer);
  line.hidden = false;
  line.textContent = text;
  if (!stays) timer = setTimeout(() => (line.hidden = true), 8000);
}
