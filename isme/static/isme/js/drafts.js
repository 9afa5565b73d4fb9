// What is typed outlives a lost session: kept in this tab, per person, until the server took it.
// Never passwords, files or hidden fields. The forms are those that say data-unsaved.
const DAY = 86400000;
const MOST = 100000;
const person = document.body.dataset.person;
let store;
try { store = sessionStorage; store.length; } catch { store = null; } // may be forbidden
if (!store) return;

const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };
const write = (key, draft) => {
  const text = JSON.stringify(draft);
  try { if (text.length < MOST) store.setItem(key, text); } catch { /* full: the page still has it */ }
};
const keys = () => Object.keys(store).filter((key) => key.startsWith("draft:"));
const keyOf = (form) => `draft:${person}:${location.pathname}:${form.getAttribute("action") || ""}`;
const typed = (form) => [...form.elements].filter((one) =>
  one.name && !one.matches("button, fieldset, [type=hidden], [type=password], [type=file], [type=submit]"));
const isTick = (one) => one.matches("[type=checkbox], [type=radio]");
const valueOf = (one) => (isTick(one) ? one.checked : one.multiple ? [...one.selectedOptions].map((o) => o.value) : one.value);

const keep = (form, sent = false) => {
  write(keyOf(form), { at: Date.now(), sent, values: typed(form).map((one) => [one.name, valueOf(one)]) });
};

const fill = (one, value) => {
  if (JSON.stringify(valueOf(one)) === JSON.stringify(value)) return false;
  if (isTick(one)) one.checked = value;
  else if (one.multiple) [...one.options].forEach((o) => { o.selected = value.includes(o.value); });
  else one.value = value;
  return true;
};

// Those that the page says are back, by a note that stands at the first of them: at the top of a
// long page, or half below its header, nobody reads it. With the last of them it goes.
const note = document.getElementById("restored");
let back = [];
const sent = (form) => {
  back = back.filter((one) => one !== form && one.isConnected);
  if (note && !back.length) note.hidden = true;
};

const restore = (root) => {
  const restored = [...root.querySelectorAll("form[data-unsaved]")].filter((form) => {
    const draft = person && read(keyOf(form));
    if (!draft) return false;
    const fields = typed(form);
    // Only a form of the same shape: another release, or another choice of fields, starts anew.
    if (fields.length !== draft.values.length || fields.some((one, i) => one.name !== draft.values[i][0])) return false;
    return fields.map((one, i) => fill(one, draft.values[i][1])).some(Boolean);
  });
  restored.forEach((form) => form.dispatchEvent(new Event("input", { bubbles: true })));
  back = [...new Set([...back, ...restored])];
  if (!note || !restored.length) return;
  back[0].before(note);
  note.hidden = false;
  note.querySelector("button").onclick = () => {
    back.forEach((form) => { store.removeItem(keyOf(form)); form.reset(); });
    back = [];
    note.hidden = true;
  };
};

// What was sent has arrived if a page of ours answered: not the door, not an error.
const door = document.querySelector("form[action='/accounts/login/']");
const [navigation] = performance.getEntriesByType("navigation");
const again = navigation && navigation.type !== "navigate";
keys().forEach((key) => {
  const draft = read(key);
  if (!draft || Date.now() - draft.at > DAY) store.removeItem(key);
  else if (draft.sent && (door || again || "error" in document.body.dataset)) write(key, { ...draft, sent: false });
  else if (draft.sent) store.removeItem(key);
});
if (door && keys().length) {
  // The server needn't show what it was sent without a session: this tab has it.
  const mark = document.createElement("input");
  Object.assign(mark, { type: "hidden", name: "drafted", value: "1" });
  door.append(mark);
}
restore(document);

addEventListener("input", (event) => {
  const form = event.target.closest("form[data-unsaved]");
  if (form && person) keep(form);
});
addEventListener("submit", (event) => {
  if (event.target.matches("form[action='/accounts/logout/']")) keys().forEach((key) => store.removeItem(key));
  else if (event.target.matches("form[data-unsaved]") && person && read(keyOf(event.target))) keep(event.target, true);
});
addEventListener("htmx:afterRequest", (event) => {
  // The form itself: where the answer took its place, the event comes from what is around it.
  const form = event.detail.requestConfig?.elt?.closest("form[data-unsaved]");
  if (!form || event.detail.requestConfig?.verb === "get") return;
  const { status } = event.detail.xhr; // a refusal that is shown counts as successful there
  if (status >= 200 && status < 400) { store.removeItem(keyOf(form)); sent(form); }
  else if (read(keyOf(form))) keep(form);
});
addEventListener("htmx:afterSettle", (event) => restore(event.detail.elt));
