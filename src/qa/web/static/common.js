// What every part of the page's script uses: texts, elements, the clipboard.
export const root = document.documentElement.dataset.root || "";
export const texts = JSON.parse(document.getElementById("yj-texts").textContent);

export const fill = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function el(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Plain http on an intranet has no clipboard API: the old way.
    const area = el("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
