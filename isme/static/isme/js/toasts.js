// Good news comes as a toast: told, gone after a while, never while one points at it or is inside.
// Without this file they are messages at their place, and stay.
const SHORT = 12; // seconds
const LONG = 40; // with a way back
const shelf = document.getElementById("toasts");
const left = new WeakMap();
const close = (toast) => {
  const inside = toast.contains(document.activeElement);
  toast.remove();
  if (inside) document.getElementById("content")?.focus();
};
const dress = (toast) => {
  left.set(toast, toast.querySelector("form") ? LONG : SHORT);
  const closer = toast.querySelector("[data-close-toast]");
  if (closer) closer.hidden = false;
};
if (shelf) {
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
    if (node.nodeType === Node.ELEMENT_NODE) dress(node);
  }))).observe(shelf, { childList: true });
  // What came with the page goes where news is read out.
  document.querySelectorAll(".said .messages--passing > *").forEach((toast) => shelf.append(toast));
  setInterval(() => {
    if (document.hidden || shelf.matches(":hover, :focus-within")) return;
    [...shelf.children].forEach((toast) => {
      left.set(toast, left.get(toast) - 1);
      if (left.get(toast) <= 0) close(toast);
    });
  }, 1000);
  shelf.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-toast]")) close(event.target.closest(".message"));
  });
  shelf.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(event.target.closest(".message"));
  });
  shelf.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) event.target.closest(".message")?.remove();
  });
}
