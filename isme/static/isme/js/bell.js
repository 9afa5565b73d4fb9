// The bell of a page that is looked at asks again: every 30 s, and when the page is back in view.
const ask = () => {
  const bell = document.getElementById("bell");
  if (bell && document.visibilityState === "visible" && navigator.onLine) htmx.trigger(bell, "bell:ask");
};
setInterval(ask, 30000);
addEventListener("focus", ask);
document.addEventListener("visibilitychange", ask);
// What a page did to the inbox shows in the bell at once.
addEventListener("inbox-changed", ask);
