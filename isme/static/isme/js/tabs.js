// On a narrow screen tabs scroll sideways: the open one is brought into sight.
const open = document.querySelector(".tabs [aria-current]");
if (open) {
  const row = open.parentElement;
  row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
}
