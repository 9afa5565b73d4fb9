// Django admin in the theme that was chosen for all pages; it runs before the first paint.
document.documentElement.dataset.theme = document.currentScript.dataset.theme || "auto"
