// Show what was typed as passwords, as long as the button is pressed in.
document.querySelectorAll("[data-reveal]").forEach((button) => {
  const fields = button.dataset.reveal.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
  if (!fields.length) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = fields[0].type === "password";
    fields.forEach((field) => { field.type = shown ? "text" : "password"; });
    button.setAttribute("aria-pressed", String(shown));
    fields[0].focus();
  });
});
