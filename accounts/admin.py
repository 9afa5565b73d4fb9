"""The repair desk for accounts. What matters goes through the services, so it acts at once."""

from typing import Any, cast

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts.choices import Role
from accounts.http import Request, origin_of
from accounts.models import (
    AuditEvent,
    Identifier,
    LecturerProfile,
    SignInEvent,
    StudentProfile,
    User,
)
from accounts.services.accounts import change_account
from accounts.services.people import repair_profile
from accounts.views.step_up import asked_about_role, asked_first
from isme.lib.desk import LightAdmin


class ReadOnly:
    """Rows that tell what happened: looked at, never added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class IdentifierInline(ReadOnly, admin.TabularInline):
    model = Identifier
    extra = 0


@admin.register(User)
class UserAdmin(LightAdmin):
    list_display = ["name", "username", "role", "is_active"]
    list_filter = ["role", "is_active"]
    search_fields = ["name", "identifiers__value"]
    ordering = ["name", "id"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["name", "username", "role", "is_active", "note", "language", "theme"]
    readonly_fields = ["username"]
    inlines = [IdentifierInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # an account needs identifiers and a password: the service makes it

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # deactivate it

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody takes their own rights away: so there is always a super admin left."""
        own = obj is not None and obj.pk == request.user.pk
        return [*self.readonly_fields, *(["role", "is_active"] if own else [])]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """As elsewhere, another role and opening or closing an account ask again who is there."""
        if request.method == "POST" and (question := self._question(request, object_id)):
            return question
        return super().change_view(request, object_id, form_url, extra_context)

    def _question(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        person = self.get_object(request, object_id)
        if person is None or person.pk == request.user.pk:
            return None
        asking, role = cast("Request", request), request.POST.get("role", person.role)
        if role in Role.values and role != person.role:
            return asked_about_role(asking, person.name, person.role, role)
        changes_rights = ("is_active" in request.POST) != person.is_active
        return asked_first(asking) if changes_rights else None

    def save_model(
        self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: Any
    ) -> None:
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if changes:
            change_account(
                user_id=obj.pk, changes=changes, by=request.user.pk, origin=origin_of(request)
            )


class ProfileAdmin(LightAdmin):
    """Made with the account, and gone only with it."""

    readonly_fields = ["user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = cast("Request", request).user
        repair_profile(obj, actor=actor, origin=origin_of(request))


@admin.register(StudentProfile)
class StudentProfileAdmin(ProfileAdmin):
    list_display = ["user", "intake_year", "level", "status", "gpa"]
    list_filter = ["status", "level", "intake_year"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__username"]
    ordering = ["user__name", "pk"]
    list_per_page = 50
    show_full_result_count = False


@admin.register(LecturerProfile)
class LecturerProfileAdmin(ProfileAdmin):
    list_display = ["user", "main_role"]
    list_filter = ["main_role"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__username"]
    ordering = ["user__name", "pk"]
    list_per_page = 50


@admin.register(SignInEvent)
class SignInEventAdmin(ReadOnly, LightAdmin):
    list_display = ["at", "user", "kind", "device", "place"]
    list_filter = ["kind", "place"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__username"]
    ordering = ["-at", "-id"]
    list_per_page = 50
    show_full_result_count = False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, LightAdmin):
    list_display = ["number", "at", "verb", "actor_name", "subject", "address", "device"]
    search_fields = ["=verb", "=subject", "actor_name"]
    ordering = ["-number"]
    list_per_page = 50
    show_full_result_count = False
