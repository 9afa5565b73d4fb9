// A menu under a button closes when one presses Escape or turns elsewhere.
const close = (drop) => { drop.open = false; };
const opened = () => document.querySelectorAll("details[data-drop][open]");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  opened().forEach((drop) => { close(drop); drop.querySelector("summary").focus(); });
});
addEventListener("click", (event) => opened().forEach((drop) => drop.contains(event.target) || close(drop)));
addEventListener("focusin", (event) => opened().forEach((drop) => drop.contains(event.target) || close(drop)));
