// Who only looks as somebody else can change nothing: what would write is off, so that nobody types in vain.
if (!("looking" in document.body.dataset)) return;
const close = () => document.querySelectorAll("main form[method=post]").forEach((form) => {
  [...form.elements].forEach((one) => { one.disabled = true; });
});
close();
addEventListener("htmx:afterSettle", close);
