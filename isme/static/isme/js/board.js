// Dropping a card on a column ticks it, names the column as the target and sends the form.
let dragged = null;
const column = (event) => event.target.closest("[data-board] [data-target]");
const mark = (where) => document.querySelectorAll(".is-over").forEach((one) => one === where || one.classList.remove("is-over"));
addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[data-board] [data-student]");
  if (!dragged) return;
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.student);
});
addEventListener("dragover", (event) => {
  const where = dragged && column(event);
  mark(where);
  if (!where || where.contains(dragged)) return;
  event.preventDefault();
  where.classList.add("is-over");
});
addEventListener("dragend", () => {
  mark(null);
  if (dragged) dragged.classList.remove("is-dragged");
  dragged = null;
});
addEventListener("drop", (event) => {
  const where = dragged && column(event);
  if (!where || where.contains(dragged)) return;
  event.preventDefault();
  const form = where.closest("form");
  dragged.querySelector("input[name=students]").checked = true;
  form.elements.target.value = where.dataset.target;
  form.requestSubmit();
});
