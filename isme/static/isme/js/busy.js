// A step that takes longer than 150 ms is shown and told; a quick one doesn't flicker.
const LATE = 150;
const root = document.documentElement;
const said = document.getElementById("told");
let waiting = 0;
let timer = 0;
let button = null;
const show = () => {
  root.classList.toggle("busy", waiting > 0);
  if (waiting && said) said.textContent = said.dataset.loading;
  if (button) button.setAttribute("aria-busy", String(waiting > 0));
  if (!waiting) button = null;
};
const begin = () => { waiting += 1; clearTimeout(timer); timer = setTimeout(show, LATE); };
const end = () => { waiting = Math.max(0, waiting - 1); if (!waiting) { clearTimeout(timer); show(); } };
addEventListener("htmx:beforeRequest", begin);
addEventListener("htmx:afterRequest", end);
addEventListener("submit", (event) => {
  button = event.submitter?.matches(".btn") ? event.submitter : null;
  // htmx counts its own; a form that fetches a file leaves the page where it is.
  if (!event.defaultPrevented && !event.target.matches("[data-download], [method=dialog]")) begin();
});
// Back from the next page: what was under way then is over.
addEventListener("pageshow", (event) => { if (event.persisted) { waiting = 0; show(); } });
