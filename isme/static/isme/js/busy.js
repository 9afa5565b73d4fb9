// A step that takes longer than 150 ms is shown; a quick one doesn't flicker.
let waiting = 0;
let timer = 0;
const show = () => document.documentElement.classList.toggle("busy", waiting > 0);
const begin = () => { waiting += 1; clearTimeout(timer); timer = setTimeout(show, 150); };
const end = () => { waiting = Math.max(0, waiting - 1); if (!waiting) { clearTimeout(timer); show(); } };
addEventListener("htmx:beforeRequest", begin);
addEventListener("htmx:afterRequest", end);
