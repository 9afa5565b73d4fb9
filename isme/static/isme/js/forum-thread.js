// A thread in place: like, reply, edit and the rest without loading the page; keys to move.
const act = document.getElementById("f");
if (!act) return;
const csrf = act.querySelector("[name=csrfmiddlewaretoken]").value;
const post = (url, options) => htmx.ajax("POST", url, { headers: { "X-CSRFToken": csrf }, ...options });
// What the button says that it brings about goes along: pressed twice, it has done it once.
const press = (button, target) => post(button.formAction, { target, swap: "outerHTML", values: { on: 1, ...(button.name && { [button.name]: button.value }) } });
const composer = () => document.getElementById("write");
const home = document.createComment("composer");
composer()?.before(home);

// What the server refuses comes back into its place; it is no error of the page.
addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if ((xhr.status === 422 || xhr.status === 403) && xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

const answer = (article) => {
  const form = composer();
  if (!form) return;
  const to = form.querySelector("[data-to]");
  form.querySelector("[name=parent]").value = article ? article.id.slice(1) : "";
  const thread = form.dataset.place.split("p")[0];
  form.dataset.place = article ? `${thread}p${article.id.slice(1)}` : thread;
  to.hidden = !article;
  to.textContent = "";
  if (article) {
    to.append(`${form.dataset.answering} ${article.querySelector("header b")?.textContent ?? ""} `);
    const undo = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--quiet btn--s", textContent: form.dataset.cancel });
    undo.addEventListener("click", () => answer(null));
    to.append(undo);
    article.after(form);
  } else {
    home.after(form);
  }
  form.querySelector("[name=body]").focus();
};

// A new reply goes to the end of the branch that it answers; in the other orders there are none.
const order = new URLSearchParams(location.search).get("sort");
const settle = () => {
  const item = document.querySelector("#arrived > li");
  const form = composer();
  if (!item) return;
  const parent = order ? "" : form?.querySelector("[name=parent]").value;
  const above = parent ? document.getElementById(`p${parent}`)?.closest("li") : null;
  let list = [...document.querySelectorAll("#replies > .replies")].at(order === "newest" ? 0 : -1);
  if (above) {
    list = above.querySelector(":scope > details > ol");
    if (!list) {
      const branch = document.createElement("details");
      branch.open = true;
      branch.append(document.createElement("summary"), document.createElement("ol"));
      branch.firstChild.textContent = form.dataset.one;
      above.append(branch);
      list = branch.lastChild;
    } else {
      const head = list.previousElementSibling;
      const number = Number(head.textContent.replace(/\D/g, "")) + 1;
      head.textContent = form.dataset.two.replace("2", number);
    }
  }
  if (!list) {
    list = Object.assign(document.createElement("ol"), { className: "replies" });
    document.getElementById("more").before(list);
  }
  document.getElementById("no-replies")?.remove();
  if (order === "newest") list.prepend(item); else list.append(item);
  if (form) {
    // After a refusal the form came with what had been typed, ticked and wrong.
    form.querySelectorAll("[role=alert]").forEach((said) => said.remove());
    form.querySelector("[name=body]").removeAttribute("aria-invalid");
    form.querySelectorAll("[type=checkbox]").forEach((tick) => { tick.defaultChecked = false; });
    form.reset();
    form.querySelector("[name=body]").value = "";
    form.querySelector("[data-chosen]").textContent = "";
    form.querySelector("[data-preview]").hidden = true;
    const key = form.querySelector("[name=idempotency_key]");
    key.value = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    answer(null);
  }
  const article = item.querySelector("article");
  go(article);
};

// What one wrote stands at the end of what is shown; its page brings it once more, at its place.
document.addEventListener("htmx:afterSettle", () => {
  const known = new Set();
  [...document.querySelectorAll("#replies article.post")].reverse().forEach((article) => {
    if (!known.has(article.id)) { known.add(article.id); return; }
    const item = article.closest("li");
    if (item.contains(composer())) answer(null);
    item.remove();
  });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form === act && button) {
    event.preventDefault();
    press(button, button.closest("article"));
  } else if (form.dataset.acts !== undefined && button) {
    const target = document.getElementById(form.dataset.acts);
    if (!target) return;
    event.preventDefault();
    document.getElementById("post-menu").hidePopover();
    press(button, target);
  } else if (form.id === "write") {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const done = () => { delete form.dataset.busy; };
    post(form.action, { source: form, target: "#arrived", swap: "innerHTML" }).then(() => { done(); settle(); }, done);
  } else if (form.dataset.edit !== undefined) {
    event.preventDefault();
    post(form.action, { source: form, target: form, swap: "outerHTML" });
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const article = link.closest("article.post");
  const path = link.pathname;
  if (article && path.endsWith("/reply/") && composer()) {
    event.preventDefault();
    answer(article);
  } else if (article && path.endsWith("/menu/")) {
    event.preventDefault();
    open(link, path);
  } else if (link.dataset.editLink) {
    const target = document.getElementById(`p${link.dataset.editLink}`);
    if (!target) return;
    event.preventDefault();
    document.getElementById("post-menu").hidePopover();
    htmx.ajax("GET", path, { target, swap: "outerHTML" }).then(() => target.querySelector("textarea")?.focus());
  } else if (/^\/forum\/posts\/\d+\/$/.test(path)) {
    // A post that is on this page needs no way round by the server.
    const target = document.getElementById(`p${path.split("/")[3]}`);
    if (target && target.matches("article")) { event.preventDefault(); history.replaceState(null, "", `#${target.id}`); go(target); }
  }
});

const open = (link, path) => {
  const menu = document.getElementById("post-menu");
  htmx.ajax("GET", path, { target: menu, swap: "innerHTML" }).then(() => {
    const box = link.getBoundingClientRect();
    menu.showPopover();
    menu.style.top = `${Math.max(8, Math.min(box.bottom, innerHeight - menu.offsetHeight - 8))}px`;
    menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.querySelector("a, button")?.focus();
  });
};

let here = null;
const posts = () => [...document.querySelectorAll("article.post")].filter((one) => one.checkVisibility());
const go = (article) => {
  if (!article) return;
  for (let branch = article.closest("details"); branch; branch = branch.parentElement.closest("details")) branch.open = true;
  here?.classList.remove("is-here");
  here = article;
  here.classList.add("is-here");
  here.tabIndex = -1;
  here.focus({ preventScroll: true });
  here.scrollIntoView({ block: "nearest" });
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog, [popover]")) return;
  const all = posts();
  const now = here?.isConnected ? all.indexOf(here) : -1;
  const key = event.key.toLowerCase();
  if (key === "j") go(all[Math.min(now + 1, all.length - 1)]);
  else if (key === "k") go(all[Math.max(now - 1, 0)]);
  else if (key === "r") { if (composer()) { event.preventDefault(); answer(here?.isConnected && here.closest(".replies") ? here : null); } }
  else if (key === "l") here?.querySelector("footer button")?.click();
  else if (event.key === "?") document.getElementById("keys").showModal();
});
