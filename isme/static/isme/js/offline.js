// A lost connection is told; the form stays as it is.
const note = document.getElementById("offline");
const tell = () => { if (note) note.hidden = navigator.onLine; };
addEventListener("online", tell);
addEventListener("offline", tell);
addEventListener("htmx:sendError", () => { if (note) note.hidden = false; });
addEventListener("htmx:afterOnLoad", tell);
