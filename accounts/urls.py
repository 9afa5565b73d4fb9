from django.urls import path

from accounts.views import audit, door, email, passwords, profile, reset

app_name = "accounts"
urlpatterns = [
    path("login/", door.login, name="login"),
    path("logout/", door.logout, name="logout"),
    path("language/", door.language, name="language"),
    path("password/change/", passwords.password_change, name="password_change"),
    path("password/reset/", reset.password_reset, name="password_reset"),
    path("password/reset/sent/", reset.password_reset_sent, name="password_reset_sent"),
    path("password/reset/<str:token>/", reset.password_new, name="password_new"),
    path("email/", email.email, name="email"),
    path("email/prove/", email.email_prove, name="email_prove"),
    path("email/confirm/<str:token>/", email.email_confirm, name="email_confirm"),
    path("audit/", audit.audit_trail, name="audit_trail"),
    path("profile/", profile.profile, name="profile"),
    path("profile/avatar/", profile.avatar, name="avatar"),
    path("profile/avatar/remove/", profile.avatar_remove, name="avatar_remove"),
    path("profile/preferences/", profile.preferences, name="preferences"),
]
