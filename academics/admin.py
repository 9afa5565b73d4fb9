"""The repair desk.

What is written here goes through the services of the pages: the same rules, on the record, and
whoever has to know is told. Rows that tell what happened, and memberships, are only looked at.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from academics import models
from academics.errors import AcademicsError
from academics.services import classes, courses, expertise, rows, teaching, terms
from academics.services.rows import By
from accounts.http import origin_of
from isme.lib.desk import LightAdmin


class ReadOnly:
    """Rows that are looked at, never added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Desk(LightAdmin):
    """Lists by the page, without the slow total of an unfiltered list.

    Rows are written and deleted by services, which record it and let kept pages be made anew.
    What a service refuses is said above the form.
    """

    list_per_page = 50
    show_full_result_count = False
    settled: tuple[str, ...] = ()  # fields that only a new row has open

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(self.settled if obj is not None else ()))

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        (rows.create if is_new else rows.repair)(row, by=by)

    def unwrite(self, row: Any, *, by: By) -> None:
        rows.delete(row, by=by)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.write(obj, is_new=not change, by=_by(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.unwrite(obj, by=_by(request))

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for row in queryset:
            self.unwrite(row, by=_by(request))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What a service refuses is said at its field, with all that was typed."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except AcademicsError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else _refused(form, refusal)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _or_refusal(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _or_refusal(request, super().changelist_view, *args, **kwargs)


def _by(request: HttpRequest) -> By:
    return By(int(request.user.pk), origin_of(request))  # type: ignore[arg-type]


def _or_refusal(
    request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
) -> HttpResponse:
    try:
        return view(request, *args, **kwargs)
    except AcademicsError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(request.get_full_path())


def _refused(form: Any, refusal: AcademicsError) -> Any:
    """``form`` as one that never is valid, and says why."""
    errors = getattr(refusal, "errors", {None: str(refusal)})

    class Refused(form):
        def _post_clean(self) -> None:
            super()._post_clean()
            for name, text in errors.items():
                self.add_error(name if name in self.fields else None, text)

    return Refused


@admin.register(models.AcademicYear)
class AcademicYearAdmin(Desk):
    list_display = ["label", "is_active"]
    ordering = ["-first_year"]
    readonly_fields = ("is_active",)  # a year is activated by its page, with its term
    settled = ("first_year",)

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        if is_new:
            row.pk = terms.create_year(row.first_year, by=by).pk

    def unwrite(self, row: Any, *, by: By) -> None:
        terms.delete_year(row.pk, by=by)


@admin.register(models.Term)
class TermAdmin(Desk):
    list_display = ["__str__", "starts_on", "ends_on", "is_active"]
    list_select_related = ["year"]
    ordering = ["-starts_on", "-pk"]
    readonly_fields = ("is_active",)
    settled = ("year", "kind")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not the active one: everything would stand without a term."""
        is_active = obj is not None and obj.is_active
        return not is_active and super().has_delete_permission(request, obj)

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        if is_new:
            rows.create(row, by=by)
        else:
            terms.save_term(row, version=row.version, by=by)


class CourseExpertiseInline(admin.TabularInline):
    model = models.CourseExpertise
    autocomplete_fields = ["expertise"]
    extra = 0


@admin.register(models.Course)
class CourseAdmin(Desk):
    list_display = ["code", "name", "kind", "level", "block_no", "curriculum_year", "credits"]
    list_filter = ["kind", "level", "curriculum_year"]
    search_fields = ["code", "name"]
    ordering = ["code"]
    inlines = [CourseExpertiseInline]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: a course is kept together with what it asks for."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        lines = [line for formset in formsets for line in formset.cleaned_data if line]
        asked = {line["expertise"].name for line in lines if not line.get("DELETE")}
        course = form.instance
        version = course.version if change else None
        courses.save_course(course, expertises=asked, by=_by(request), version=version)
        for formset in formsets:  # what the history of the desk reads
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []


class TermFilter(admin.RelatedFieldListFilter):
    """Terms by their names, which begin with their years: 1 query."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        terms = models.Term.objects.select_related("year").order_by("-starts_on", "-pk")
        return [(term.pk, str(term)) for term in terms]


@admin.register(models.CourseOffering)
class CourseOfferingAdmin(Desk):
    list_display = ["course", "term", "starts_on", "ends_on"]
    list_filter = [("term", TermFilter)]
    list_select_related = ["course", "term__year"]
    search_fields = ["course__code", "course__name"]
    autocomplete_fields = ["course"]
    ordering = ["-term__starts_on", "course__code"]
    settled = ("course", "term")

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        courses.save_offering(row, by=by, version=None if is_new else row.version)


@admin.register(models.Module)
class ModuleAdmin(Desk):
    list_display = ["offering", "kind", "number", "title"]
    list_filter = ["kind"]
    list_select_related = ["offering__course", "offering__term__year"]
    search_fields = ["title", "offering__course__code"]
    autocomplete_fields = ["offering"]
    settled = ("offering",)
    ordering = ["offering", "kind", "number"]


@admin.register(models.Material)
class MaterialAdmin(ReadOnly, Desk):
    list_display = ["title", "offering", "added_by", "added_at"]
    list_select_related = ["offering__course", "offering__term__year", "added_by"]
    search_fields = ["title", "offering__course__code"]
    ordering = ["-added_at", "-pk"]


@admin.register(models.Room)
class RoomAdmin(Desk):
    list_display = ["code", "name", "building", "capacity"]
    list_filter = ["building"]
    search_fields = ["code", "name"]
    ordering = ["code"]


@admin.register(models.Class)
class ClassAdmin(Desk):
    list_display = ["name", "offering", "capacity"]
    list_select_related = ["offering__course", "offering__term__year"]
    search_fields = ["name", "offering__course__code", "offering__course__name"]
    autocomplete_fields = ["offering"]
    readonly_fields = ("group",)
    settled = ("offering",)
    ordering = ["offering__course__code", "name", "pk"]

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        classes.save_class(row, by=by, version=None if is_new else row.version)


@admin.register(models.ClassMember)
class ClassMemberAdmin(ReadOnly, Desk):
    list_display = ["student", "course_class", "offering"]
    list_select_related = [
        "student__user",
        "course_class",
        "offering__course",
        "offering__term__year",
    ]
    search_fields = ["student__user__name", "student__user__username"]
    ordering = ["student__user__name", "pk"]


@admin.register(models.StudentGroup)
class StudentGroupAdmin(ReadOnly, Desk):
    list_display = ["name", "term", "kind", "level", "number"]
    list_filter = ["kind", "level"]
    list_select_related = ["term__year"]
    search_fields = ["name"]
    ordering = ["-term__starts_on", "level", "kind", "number", "pk"]


@admin.register(models.GroupMember)
class GroupMemberAdmin(ReadOnly, Desk):
    list_display = ["student", "group", "term", "is_extra", "is_locked"]
    list_filter = ["kind"]
    list_select_related = ["student__user", "group", "term__year"]
    search_fields = ["student__user__name", "student__user__username"]
    ordering = ["student__user__name", "pk"]


@admin.register(models.GroupingRun)
class GroupingRunAdmin(ReadOnly, Desk):
    list_display = ["large_group", "groups", "seed", "made_by", "made_at", "undone_at"]
    list_select_related = ["large_group", "made_by"]
    ordering = ["-made_at", "-pk"]


@admin.register(models.Expertise)
class ExpertiseAdmin(Desk):
    list_display = ["name"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    fields = ["name"]

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        expertise.save(row, by=by, version=None if is_new else row.version)


@admin.register(models.LecturerExpertise)
class LecturerExpertiseAdmin(ReadOnly, Desk):
    list_display = ["lecturer", "expertise", "kind"]
    list_filter = ["kind"]
    list_select_related = ["lecturer__user", "expertise"]
    search_fields = ["lecturer__user__name", "expertise__name"]
    ordering = ["lecturer__user__name", "pk"]


@admin.register(models.TeachingRole)
class TeachingRoleAdmin(Desk):
    list_display = ["lecturer", "offering", "kind", "label"]
    list_filter = ["kind"]
    list_select_related = ["lecturer__user", "offering__course", "offering__term__year"]
    search_fields = ["lecturer__user__name", "offering__course__code"]
    autocomplete_fields = ["lecturer", "offering"]
    ordering = ["lecturer__user__name", "pk"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role is given and taken, and its lecturer is told of both."""
        return False

    def write(self, row: Any, *, is_new: bool, by: By) -> None:
        teaching.give_role(row, by=by)

    def unwrite(self, row: Any, *, by: By) -> None:
        teaching.take_role(row, by=by)


@admin.register(models.StudentEntry)
class StudentEntryAdmin(Desk):
    list_display = ["student", "term"]
    list_select_related = ["student__user", "term__year"]
    search_fields = ["student__user__name", "student__user__username"]
    autocomplete_fields = ["student"]
    settled = ("student",)
    ordering = ["student__user__name", "pk"]


class VeteranLevelInline(ReadOnly, admin.TabularInline):
    model = models.VeteranLevel
    extra = 0


@admin.register(models.VeteranRecord)
class VeteranRecordAdmin(ReadOnly, Desk):
    list_display = ["student", "status", "is_multi", "terms", "set_at", "completed_at"]
    list_filter = ["status", "is_multi"]
    list_select_related = ["student__user"]
    search_fields = ["student__user__name", "student__user__username"]
    ordering = ["-set_at", "pk"]
    inlines = [VeteranLevelInline]


@admin.register(models.VeteranEvent)
class VeteranEventAdmin(ReadOnly, Desk):
    list_display = ["at", "student", "verb", "from_status", "to_status", "level", "by"]
    list_select_related = ["student__user", "by"]
    search_fields = ["student__user__name", "student__user__username"]
    ordering = ["-at", "-pk"]


@admin.register(models.PromotionRun)
class PromotionRunAdmin(ReadOnly, Desk):
    list_display = ["from_term", "to_term", "promoted", "graduated", "made_at", "reverted_at"]
    list_select_related = ["from_term__year", "to_term__year"]
    ordering = ["-made_at", "-pk"]


@admin.register(models.PromotionEntry)
class PromotionEntryAdmin(ReadOnly, Desk):
    list_display = ["student", "run", "from_level", "to_level", "to_status"]
    list_select_related = ["student__user", "run"]
    search_fields = ["student__user__name", "student__user__username"]
    ordering = ["-run", "student__user__name", "pk"]


@admin.register(models.ImportJob)
class ImportJobAdmin(ReadOnly, Desk):
    list_display = ["file_name", "kind", "state", "rows", "made_by", "made_at", "committed_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["made_by"]
    search_fields = ["file_name"]
    ordering = ["-made_at", "-pk"]


@admin.register(models.ImportRow)
class ImportRowAdmin(ReadOnly, Desk):
    list_display = ["job", "sheet", "number", "outcome"]
    list_filter = ["outcome"]
    list_select_related = ["job"]
    search_fields = ["words"]
    ordering = ["-job", "position"]
