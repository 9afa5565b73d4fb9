"""The repair desk of the forum. What matters goes through the services, so that it is audited."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.choices import ThreadState
from forum.errors import ForumError
from forum.models import ForumCategory, Post, Report, Thread
from forum.services.categories import save_category
from forum.services.threads import set_thread_state
from isme.lib.desk import LightAdmin


class LookOnly:
    """Rows that are changed through the forum's own pages."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ForumCategory)
class ForumCategoryAdmin(LightAdmin):
    list_display = ["name", "slug", "order", "is_active", "student_access", "lecturer_access"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug"]
    ordering = ["order", "name", "pk"]
    list_per_page = 50
    prepopulated_fields = {"slug": ["name"]}
    fields = [
        "name",
        "slug",
        "description",
        "icon",
        "colour",
        "order",
        "is_active",
        "student_access",
        "lecturer_access",
    ]

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        save_category(actor=request.user, category=obj)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: threads hang on it. It is switched off."""
        return False


@admin.register(Thread)
class ThreadAdmin(LookOnly, LightAdmin):
    list_display = ["title", "category", "state", "is_pinned", "reply_count", "last_post_at"]
    list_filter = ["state", "is_pinned", "category"]
    list_select_related = ["category"]
    search_fields = ["title"]
    ordering = ["-last_post_at", "-pk"]
    list_per_page = 50
    show_full_result_count = False
    exclude = ["author", "accepted"]  # the author of an anonymous thread shows nowhere
    actions = ["close", "reopen", "archive"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super(LookOnly, self).has_change_permission(request, obj)  # type: ignore[misc]

    def _set(self, request: HttpRequest, rows: "QuerySet[Thread]", state: ThreadState) -> None:
        for thread in rows:
            try:
                set_thread_state(actor=request.user, thread_id=thread.pk, state=state)  # type: ignore[arg-type]
            except ForumError as refusal:
                messages.error(request, str(refusal))
                return
        messages.success(request, _("The thread's state is changed."))

    @admin.action(description=gettext_lazy("Close to replies"))
    def close(self, request: HttpRequest, rows: "QuerySet[Thread]") -> None:
        self._set(request, rows, ThreadState.CLOSED)

    @admin.action(description=gettext_lazy("Open again"))
    def reopen(self, request: HttpRequest, rows: "QuerySet[Thread]") -> None:
        self._set(request, rows, ThreadState.OPEN)

    @admin.action(description=gettext_lazy("Archive"))
    def archive(self, request: HttpRequest, rows: "QuerySet[Thread]") -> None:
        self._set(request, rows, ThreadState.ARCHIVED)


@admin.register(Post)
class PostAdmin(LookOnly, LightAdmin):
    """Without the author: unmasking has its own page, with a reason that is audited."""

    list_display = ["id", "thread", "number", "state", "like_count", "created_at"]
    list_filter = ["state"]
    list_select_related = ["thread"]
    search_fields = ["body"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["thread", "number", "state", "body", "created_at", "edited_at", "removed_at"]


@admin.register(Report)
class ReportAdmin(LookOnly, LightAdmin):
    list_display = ["id", "post", "reason", "created_at", "handled_at"]
    list_filter = ["reason", "handled_at"]
    list_select_related = ["post"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["post", "reason", "note", "reporter", "created_at", "handled_at", "handled_by"]
