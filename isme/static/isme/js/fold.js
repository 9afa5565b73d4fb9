// The sidebar as icons alone, kept in a cookie so that the server draws the next page that way.
const page = document.documentElement;
const fold = document.getElementById("fold");
const show = () => {
  const mini = page.dataset.side === "mini";
  fold.setAttribute("aria-expanded", String(!mini));
  document.querySelectorAll("#side a").forEach((link) => { link.title = mini ? link.textContent.trim() : ""; });
};
if (fold) {
  show();
  fold.addEventListener("click", () => {
    page.dataset.side = page.dataset.side === "mini" ? "" : "mini";
    document.cookie = `side=${page.dataset.side}; path=/; max-age=31536000; samesite=lax`;
    show();
  });
}
