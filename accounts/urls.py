from django.urls import path

from accounts.views import (
    audit,
    door,
    email,
    exports,
    passwords,
    people,
    person_acts,
    profile,
    reset,
    throttled,
)

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
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("throttled/", throttled.throttled, name="throttled"),
    path("throttled/<int:pk>/lift/", throttled.throttle_lift, name="throttle_lift"),
    path("profile/", profile.profile, name="profile"),
    path("profile/avatar/", profile.avatar, name="avatar"),
    path("profile/avatar/remove/", profile.avatar_remove, name="avatar_remove"),
    path("profile/preferences/", profile.preferences, name="preferences"),
    path("users/", people.people, name="people"),
    path("users/export/", exports.people_export, name="people_export"),
    path("users/new/", people.person_new, name="person_new"),
    path("users/<int:pk>/", people.person, name="person"),
    path("users/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("users/<int:pk>/deactivate/", person_acts.person_deactivate, name="person_deactivate"),
    path("users/<int:pk>/restore/", person_acts.person_restore, name="person_restore"),
    path(
        "users/<int:pk>/force-logout/",
        person_acts.person_force_logout,
        name="person_force_logout",
    ),
    path("users/<int:pk>/password/", person_acts.person_password, name="person_password"),
]
