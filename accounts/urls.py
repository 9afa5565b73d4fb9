from django.urls import path

from accounts.views import audit, door, passwords, profile, unsent

app_name = "accounts"
urlpatterns = [
    path("login/", door.login, name="login"),
    path("logout/", door.logout, name="logout"),
    path("language/", door.language, name="language"),
    path("password/change/", passwords.password_change, name="password_change"),
    path("unsent/", unsent.unsent, name="unsent"),
    path("audit/", audit.audit_trail, name="audit_trail"),
    path("profile/", profile.profile, name="profile"),
    path("profile/avatar/", profile.avatar, name="avatar"),
    path("profile/avatar/remove/", profile.avatar_remove, name="avatar_remove"),
    path("profile/preferences/", profile.preferences, name="preferences"),
]
