// What a person must carry elsewhere, by one tap. Without a way to the clipboard there is no button.
if (!navigator.clipboard) return;
document.querySelectorAll("[data-copy]").forEach((button) => {
  const source = document.getElementById(button.dataset.copy);
  const [word, done] = button.querySelectorAll("span");
  if (!source) return;
  button.dataset.ready = "";
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(source.innerText.trim()); } catch { return; } // forbidden: it can be selected
    word.hidden = true;
    done.hidden = false;
  });
});
