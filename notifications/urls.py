from django.urls import path

from notifications.views import activity, bell, broadcasts, inbox, preferences, sent

app_name = "notifications"
urlpatterns = [
    path("", inbox.notification_list, name="list"),
    path("count/", bell.count, name="count"),
    path("read-all/", inbox.read_all, name="read_all"),
    path("read-all/undo/", inbox.read_all_undo, name="read_all_undo"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", preferences.unsubscribe, name="unsubscribe"),
    path("push/", preferences.push_add, name="push_add"),
    path("push/<int:pk>/remove/", preferences.push_remove, name="push_remove"),
    path("whatsapp/status/", preferences.whatsapp_status, name="whatsapp_status"),
    path("activity/", activity.mine, name="activity"),
    path("sent/", sent.sent_list, name="sent_list"),
    path("sent/<int:pk>/", sent.sent_detail, name="sent_detail"),
    path("sent/<int:pk>/again/", sent.send_again, name="send_again"),
    path("broadcasts/", broadcasts.broadcast_list, name="broadcast_list"),
    path("broadcasts/new/", broadcasts.broadcast_new, name="broadcast_new"),
    path("broadcasts/<int:pk>/", broadcasts.broadcast_detail, name="broadcast_detail"),
    path("broadcasts/<int:pk>/cancel/", broadcasts.broadcast_cancel, name="broadcast_cancel"),
    path("<int:pk>/", inbox.open_one, name="open"),
    path("<int:pk>/read/", inbox.read, name="read"),
    path("<int:pk>/delete/", inbox.delete, name="delete"),
    path("<int:pk>/restore/", inbox.restore, name="restore"),
]
