// When everybody signs in at once the door answers 503 and says when to come back. This asks again
// by itself, so that nobody types a password twice. What was typed stays in the memory of this page,
// nowhere else; without this script, or when it gives up, the form works as it always does.
const BUSY = 503;
const MOST_TRIES = 6;
const MOST_SECONDS = 10;
const form = document.querySelector("form[data-patient]");
const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

// Apart from each other, and further each time: a thousand must not come back at one moment.
const seconds = (answer, tries) =>
  Math.min(Number(answer.headers.get("Retry-After")) || 1, MOST_SECONDS) + Math.random() * (1 + tries);

const send = async (body, note) => {
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.status !== BUSY || tries === MOST_TRIES) return answer;
    note.hidden = false;
    await pause(seconds(answer, tries));
  }
};

// The answer becomes the page, scripts and all, as if the browser had sent the form.
const show = async (answer, body) => {
  if (answer.type === "opaqueredirect") {
    const next = body.get("next");
    location.replace(form.dataset.patient + (next ? `?${new URLSearchParams({ next })}` : ""));
    return;
  }
  const page = await answer.text();
  document.open();
  document.write(page);
  document.close();
};

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  form.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = true; });
  try {
    await show(await send(body, form.querySelector("[data-patience]")), body);
  } catch {
    form.submit(); // offline: the browser says so in its own way
  }
});
