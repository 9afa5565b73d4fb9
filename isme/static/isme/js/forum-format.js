// Markdown by button or key: Ctrl B, I and K in a field that has such buttons. Elsewhere Ctrl K searches.
const fieldOf = (bar) => document.getElementById(bar.getAttribute("aria-controls"));
// As if it were typed: Ctrl Z takes it back, drafts and warnings hear of it.
const put = (field, start, end, text, from, to) => {
  field.focus();
  field.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.setSelectionRange(from, to);
};

const mark = (field, sign) => {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const inside = value.slice(start, end);
  const around = value.slice(start - sign.length, start) === sign && value.slice(end, end + sign.length) === sign
    && (sign !== "*" || value[start - 2] !== "*" || value.slice(start - 3, start) === "***");
  if (around) {
    put(field, start - sign.length, end + sign.length, inside, start - sign.length, end - sign.length);
  } else if (sign === "`" && inside.includes("\n")) {
    put(field, start, end, `\`\`\`\n${inside}\n\`\`\``, start + 4, end + 4);
  } else {
    put(field, start, end, sign + inside + sign, start + sign.length, end + sign.length);
  }
};

const line = (field, sign) => {
  const { selectionEnd, value } = field;
  const start = value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const off = lines.every((one) => one.startsWith(sign));
  const text = lines.map((one) => (off ? one.slice(sign.length) : sign + one)).join("\n");
  put(field, start, end, text, start + text.length, start + text.length);
};

const link = (field) => {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const inside = value.slice(start, end);
  if (/^https?:\/\/\S+$/.test(inside)) {
    put(field, start, end, `[](${inside})`, start + 1, start + 1);
    return;
  }
  const address = start + inside.length + 3; // what is to be typed next is chosen
  put(field, start, end, `[${inside}](https://)`, address, address + "https://".length);
};

const press = (button, field) => {
  if ("link" in button.dataset) link(field);
  else if (button.dataset.line) line(field, button.dataset.line);
  else mark(field, button.dataset.mark);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-format] button");
  if (button) press(button, fieldOf(button.closest("[data-format]")));
});
document.addEventListener("keydown", (event) => {
  const bar = event.target.closest("[data-format]");
  if (bar) { // one stop for Tab; arrows walk
    const all = [...bar.querySelectorAll("button")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = all[(all.indexOf(event.target) + step + all.length) % all.length];
    all.forEach((one) => { one.tabIndex = one === next ? 0 : -1; });
    next.focus();
    event.preventDefault();
    return;
  }
  const key = event.key.toUpperCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !event.target.id) return;
  const own = document.querySelector(`[data-format][aria-controls="${CSS.escape(event.target.id)}"]`);
  const button = own?.querySelector(`[aria-keyshortcuts="Control+${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  press(button, event.target);
});
