// What was typed and not yet received stays in this tab: a lost sign-in costs no text. Never a
// password, a file or a hidden field; gone when it was received, signed out or the tab closed.
const person = document.body.dataset.person;
const SIGN_IN = "/accounts/login/";
const PREFIX = "draft:";
const SENT = "sent:";
const atDoor = Boolean(document.querySelector(`form[action="${SIGN_IN}"]`));
const forms = () => [...document.querySelectorAll("form[data-unsaved]")];
const nameOf = (form) => `${person}:${location.pathname}:${new URL(form.action, location).pathname}`;
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !/^(hidden|password|file|submit|button)$/.test(field.type));
const all = (start) => Object.keys(sessionStorage).filter((key) => key.startsWith(start));
const forget = (name) => { sessionStorage.removeItem(PREFIX + name); sessionStorage.removeItem(SENT + name); };

const stateOf = (field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked : field.value);
const keep = (form) => {
  const state = fieldsOf(form).map((field) => [field.name, stateOf(field)]);
  try { sessionStorage.setItem(PREFIX + nameOf(form), JSON.stringify(state)); } catch { /* full: as before */ }
};
const restore = (form, state) => {
  let changed = false;
  fieldsOf(form).forEach((field, place) => {
    const [name, value] = state[place] || [];
    if (name !== field.name || stateOf(field) === value) return;
    if (typeof value === "boolean") field.checked = value; else field.value = value;
    changed = true;
  });
  return changed;
};

if (atDoor) {
  // Whatever was on its way when the sign-in was lost did not arrive.
  all(SENT).forEach((key) => sessionStorage.removeItem(key));
  document.querySelectorAll("[data-drafts]").forEach((note) => { note.hidden = !all(PREFIX).length; });
} else if (person) {
  const refused = Boolean(document.querySelector("[aria-invalid=true]"));
  all(SENT).forEach((key) => { if (!refused) forget(key.slice(SENT.length)); });
  let back = false;
  forms().forEach((form) => {
    const state = refused ? null : JSON.parse(sessionStorage.getItem(PREFIX + nameOf(form)) || "null");
    if (!state || !restore(form, state)) return;
    back = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const note = document.getElementById("restored");
  if (note) note.hidden = !back;
  addEventListener("input", (event) => {
    const form = event.target.closest("form[data-unsaved]");
    if (form) keep(form);
  });
}
addEventListener("submit", (event) => {
  if (event.target.matches('[action="/accounts/logout/"]')) all(PREFIX).forEach((key) => sessionStorage.removeItem(key));
  else if (person && event.target.matches("form[data-unsaved]")) sessionStorage.setItem(SENT + nameOf(event.target), "1");
});
addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form[data-unsaved]");
  if (form && person && event.detail.successful) forget(nameOf(form));
});
