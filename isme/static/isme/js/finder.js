// Ctrl-K (or a click on the field in the header) opens the finder; arrows walk through what it found.
const finder = document.getElementById("finder");
const opener = document.getElementById("finder-open");
if (finder && opener) {
  const field = finder.querySelector("input[type=search]");
  const open = () => {
    if (finder.open) return;
    finder.showModal();
    field.select();
  };
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  finder.addEventListener("click", (event) => {
    if (event.target === finder) finder.close();
  });
  finder.addEventListener("keydown", (event) => {
    // A field for searching would only be emptied by the first Escape.
    if (event.key === "Escape") {
      event.preventDefault();
      finder.close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [field, ...finder.querySelectorAll("a.row")];
    const here = stops.indexOf(document.activeElement);
    stops[(here + step + stops.length) % stops.length].focus();
    event.preventDefault();
  });
  // Enter in the field opens the first hit, where there is one; else the page of all hits.
  field.form.addEventListener("submit", (event) => {
    const first = finder.querySelector("a.row");
    if (!first) return;
    event.preventDefault();
    location.assign(first.href);
  });
}
