// After a swap the reader is where the news is: at the first error, or at the new part's heading.
const target = (part) => part.querySelector("[aria-invalid=true]") || part.querySelector("h2, h1");
const move = (part) => {
  const element = target(part);
  if (!element) return;
  if (!element.hasAttribute("tabindex") && /^H/.test(element.tagName)) element.tabIndex = -1;
  element.focus({ preventScroll: true });
};
addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.elt.contains(document.activeElement) || document.activeElement === document.body) {
    move(event.detail.elt);
  }
});
// A refused form is read from its summary on.
document.querySelector("[data-focus-first]")?.focus();
