// A date of which a part is missing is sent as none: the server would take it for left empty.
addEventListener("submit", (event) => {
  const half = [...event.target.elements].find((one) => one.validity?.badInput);
  if (!half) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  half.reportValidity();
}, true);
