// After a swap the reader is where the news is: at the first error, where the focus was, or at
// the heading of the new part; and hears what the part now shows.
const said = document.getElementById("told");
let before = "";

// How to find the focused element again in a part that was drawn anew.
const nameOf = (element) => {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const head = element.closest("thead th");
  return head ? `thead th:nth-child(${[...head.parentNode.children].indexOf(head) + 1}) a` : "";
};
const goal = (part) => part.querySelector("[role=alert][data-focus-first], [aria-invalid=true]")
  || (before && part.querySelector(before))
  || part.querySelector("h1, h2, h3");

const beside = (part) => {
  const all = [...part.parentNode.children].filter((one) => one === part || !one.hidden);
  const here = all.indexOf(part);
  return (all[here + 1] || all[here - 1])?.querySelector("a, button") || document.getElementById("content");
};

addEventListener("htmx:beforeSwap", (event) => {
  const active = document.activeElement;
  before = event.detail.target?.contains(active) ? nameOf(active) : "";
});
addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  const news = part.querySelector("[data-told]") || part.querySelector("h1, h2, h3");
  if (said && news) said.textContent = news.textContent.trim().replace(/\s+/g, " ");
  const active = document.activeElement;
  if (active !== document.body && active.isConnected) return;
  // What went away hands over to what stands beside it.
  const element = part.hidden ? beside(part) : goal(part);
  if (!element) return;
  if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus();
});
// A refused form is read from its summary on.
document.querySelector("[data-focus-first]")?.focus();
