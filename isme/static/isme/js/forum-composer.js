// Where one writes: preview, drafts, mentions, people of a thread, Ctrl+Enter. Without it the forms work as they are.
const composers = "form[data-composer]";
const token = (form) => form.querySelector("[name=csrfmiddlewaretoken]").value;
const bodyOf = (form) => form.querySelector("[name=body]");
const send = (form, url, values, signal) => fetch(url, {
  method: "POST",
  headers: { "X-CSRFToken": token(form), "HX-Request": "true" },
  body: new URLSearchParams(values),
  signal,
});
// Before, it would send the form; its place is kept, so that nothing jumps.
const prepare = (root) => root.querySelectorAll("[data-show-preview]:disabled").forEach((button) => { button.disabled = false; });
prepare(document);
addEventListener("htmx:afterSwap", () => prepare(document));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-show-preview]");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const shown = form.querySelector("[data-preview]");
  if (!shown.hidden) { shown.hidden = true; return; }
  const answer = await send(form, "/forum/preview/", { body: bodyOf(form).value });
  if (!answer.ok) return;
  shown.innerHTML = await answer.text(); // made safe by the server, like every post
  shown.hidden = false;
});

// A draft is kept 2 s after the last key: all but the files. What is on its way when the form is
// sent is called back, or it would be a draft of what stands there already.
let timer = 0;
let underway = null;
const keep = async (form) => {
  if (!form.isConnected || !form.dataset.place) return;
  const values = new FormData(form);
  ["files", "csrfmiddlewaretoken", "idempotency_key"].forEach((name) => values.delete(name));
  values.set("place", form.dataset.place);
  underway = new AbortController();
  const answer = await send(form, "/forum/drafts/save/", values, underway.signal).catch(() => null);
  const note = form.querySelector("[data-draft]");
  if (answer && answer.ok && note) note.textContent = (await answer.text()).trim();
};
document.addEventListener("input", (event) => {
  const form = event.target.closest(composers);
  if (!form || event.target.type === "file") return;
  clearTimeout(timer);
  timer = setTimeout(() => keep(form), 2000);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(composers)) return;
  clearTimeout(timer);
  underway?.abort();
});
// What was refused is a draft again; the form that shows why may be another one.
addEventListener("htmx:afterRequest", ({ detail }) => {
  const sent = detail.requestConfig?.elt; // detail.elt where the answer took its place: what is around it
  if (!sent?.matches(composers) || (detail.xhr.status >= 200 && detail.xhr.status < 400)) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    const form = sent.isConnected ? sent : document.getElementById("write");
    if (form) keep(form);
  }, 2000);
});
document.addEventListener("change", (event) => {
  if (event.target.type !== "file" || !event.target.form) return;
  const note = event.target.form.querySelector("[data-chosen]");
  if (note) note.textContent = [...event.target.files].map((file) => file.name).join(", ");
});

// "@na" in a text, and the beginning of a name in the list of who may read, offer people; arrows
// choose, Enter or a tap puts the name in.
let asked = 0;
const isList = (field) => field.name === "allowed";
const asks = (field) => isList(field) || (field.name === "body" && field.closest(composers));
const word = (field) => (isList(field) ? /(?:^|,)\s*@?([^,]{2,30})$/ : /(?:^|[\s(])@([\w.\- ]{2,30})$/)
  .exec(field.value.slice(0, field.selectionStart));
const close = (form) => form.querySelector(".suggest")?.remove();
const choose = (field, username) => {
  const before = field.value.slice(0, field.selectionStart);
  const start = isList(field) ? before.lastIndexOf(",") + 1 : before.lastIndexOf("@");
  const text = isList(field) ? `${start ? " " : ""}${username}, ` : `@${username} `;
  field.setRangeText(text, start, field.selectionStart, "end");
  close(field.form);
  field.focus();
};
const offer = (field, people) => {
  close(field.form);
  if (!people.length) return;
  const list = document.createElement("ul");
  list.className = "suggest";
  people.forEach((person, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${person.name} `;
    const small = document.createElement("small");
    small.textContent = `@${person.username} · ${person.role}`;
    button.append(small);
    button.setAttribute("aria-selected", String(index === 0));
    button.addEventListener("click", () => choose(field, person.username));
    button.dataset.username = person.username;
    list.append(Object.assign(document.createElement("li")));
    list.lastChild.append(button);
  });
  field.after(list);
};
document.addEventListener("input", async (event) => {
  const field = event.target;
  if (!asks(field)) return;
  const found = word(field);
  const mine = (asked += 1);
  if (!found) { close(field.form); return; }
  const answer = await fetch(`/forum/people/?q=${encodeURIComponent(found[1])}`).catch(() => null);
  if (answer && answer.ok && mine === asked) offer(field, (await answer.json()).people);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.form || !asks(field)) return;
  if (!isList(field) && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    field.form.requestSubmit(field.form.querySelector(".btn--primary"));
    return;
  }
  const options = [...field.form.querySelectorAll(".suggest button")];
  if (!options.length) return;
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const next = (now + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
  } else if (event.key === "Enter" || event.key === "Tab") {
    event.preventDefault();
    choose(field, options[Math.max(now, 0)].dataset.username);
  } else if (event.key === "Escape") {
    close(field.form);
  }
});
