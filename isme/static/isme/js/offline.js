// A lost connection is told, and so is a server that stumbles; the form stays as it is.
const offline = document.getElementById("offline");
const failed = document.getElementById("failed");
const hide = (note, hidden) => { if (note) note.hidden = hidden; };
const tell = () => hide(offline, navigator.onLine);
addEventListener("online", tell);
addEventListener("offline", tell);
addEventListener("submit", (event) => {
  // A browser would leave the page for one of its own that says only that there is no net.
  if (!navigator.onLine) { event.preventDefault(); event.stopImmediatePropagation(); tell(); }
}, { capture: true });
addEventListener("htmx:beforeRequest", () => hide(failed, true));
addEventListener("htmx:sendError", () => hide(offline, false));
addEventListener("htmx:responseError", (event) => hide(failed, Boolean(event.detail.xhr.getResponseHeader("HX-Redirect"))));
addEventListener("htmx:afterOnLoad", tell);
