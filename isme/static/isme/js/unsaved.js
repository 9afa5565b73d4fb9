// A form that was changed and not sent warns before the page is left.
let changed = false;
addEventListener("input", (event) => { if (event.target.closest("form[data-unsaved]")) changed = true; });
addEventListener("submit", () => { changed = false; });
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
