// This browser can tell by itself: it asks its maker for an address, and the form brings it to us.
const form = document.querySelector("form[data-push-key]");
const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - text.length % 4) % 4));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};
if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    try {
      if (await Notification.requestPermission() !== "granted") return;
      const worker = await navigator.serviceWorker.register(form.dataset.pushWorker);
      const fresh = worker.installing || worker.waiting;
      if (fresh) await new Promise((done) => {
        fresh.addEventListener("statechange", () => { if (fresh.state === "activated") done(); });
      });
      const found = (await worker.pushManager.subscribe({
        userVisibleOnly: true, applicationServerKey: bytes(form.dataset.pushKey),
      })).toJSON();
      form.elements.endpoint.value = found.endpoint;
      form.elements.p256dh.value = found.keys.p256dh;
      form.elements.auth.value = found.keys.auth;
    } catch { /* the server says that it didn't work */ }
    form.submit();
  });
}
