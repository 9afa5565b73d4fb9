// A list with ticks: how many are ticked stands in the bar above it, which can tick the whole page.
const ticksOf = (box) => [...box.querySelectorAll("tbody input[type=checkbox]")];
const count = (box) => {
  const ticks = ticksOf(box);
  const number = ticks.filter((tick) => tick.checked).length;
  box.querySelector("[data-ticked]").textContent = number;
  box.querySelector("[data-tick-all]").hidden = number === ticks.length;
};
document.addEventListener("change", ({ target }) => {
  const box = target.closest(".table-box");
  if (box?.querySelector(".bulk")) count(box);
});
document.addEventListener("click", ({ target }) => {
  const box = target.closest("[data-tick-all]")?.closest(".table-box");
  if (!box) return;
  ticksOf(box).forEach((tick) => { tick.checked = true; });
  count(box);
  box.querySelector(".bulk [type=submit]").focus();
});
// Going back, the browser ticks again what was ticked, and tells nobody.
window.addEventListener("pageshow", () => document.querySelectorAll(".table-box:has(.bulk)").forEach(count));
