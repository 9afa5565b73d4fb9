from django.urls import path

from accounts import views, views_audit

app_name = "accounts"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("language/", views.language, name="language"),
    path("audit/", views_audit.audit_trail, name="audit_trail"),
    path("profile/", views.profile, name="profile"),
    path("profile/avatar/", views.avatar, name="avatar"),
    path("profile/avatar/remove/", views.avatar_remove, name="avatar_remove"),
    path("profile/preferences/", views.preferences, name="preferences"),
]
