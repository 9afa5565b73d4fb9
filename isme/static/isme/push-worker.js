// Shows what the push service brings, and opens it when it is tapped.
addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(registration.showNotification(told.title || "ISME", {
    body: told.body || "", tag: told.tag, data: { link: told.link || "/notifications/" },
  }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data.link));
});
