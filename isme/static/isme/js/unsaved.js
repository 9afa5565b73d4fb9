// A form that was changed and not sent warns before the page is left. A refused one is not sent.
const refused = document.querySelector("form[data-unsaved] [aria-invalid=true]");
let changed = Boolean(refused);
addEventListener("input", (event) => { if (event.target.closest("form[data-unsaved]")) changed = true; });
addEventListener("submit", () => { changed = false; });
addEventListener("htmx:sendError", (event) => { if (event.detail.elt.closest("form[data-unsaved]")) changed = true; });
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
