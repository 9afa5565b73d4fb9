from django.urls import path

from academics.views import rooms

app_name = "academics"
urlpatterns = [
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/new/", rooms.room_new, name="room_new"),
    path("rooms/<int:pk>/edit/", rooms.room_edit, name="room_edit"),
    path("rooms/<int:pk>/delete/", rooms.room_delete, name="room_delete"),
]
