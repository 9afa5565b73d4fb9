from django.urls import path

from notifications.views import bell, inbox

app_name = "notifications"
urlpatterns = [
    path("", inbox.notification_list, name="list"),
    path("count/", bell.count, name="count"),
    path("read-all/", inbox.read_all, name="read_all"),
    path("<int:pk>/", inbox.open_one, name="open"),
    path("<int:pk>/read/", inbox.read, name="read"),
    path("<int:pk>/delete/", inbox.delete, name="delete"),
    path("<int:pk>/restore/", inbox.restore, name="restore"),
]
