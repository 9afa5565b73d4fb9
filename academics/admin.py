"""The repair desk.

Rows that tell what happened, and memberships, are only looked at here: members change through
the pages, so that everything that follows them is told.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from academics import models
from academics.choices import STRUCTURE
from isme.lib import versions
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

    What is kept of the faculty's structure is made anew after a change.
    """

    list_per_page = 50
    show_full_result_count = False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        versions.bump(STRUCTURE)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        super().delete_model(request, obj)
        versions.bump(STRUCTURE)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        super().delete_queryset(request, queryset)
        versions.bump(STRUCTURE)


@admin.register(models.AcademicYear)
class AcademicYearAdmin(Desk):
    list_display = ["label", "is_active"]
    ordering = ["-first_year"]
    readonly_fields = ["is_active"]  # a year is activated by its page, with its term


@admin.register(models.Term)
class TermAdmin(Desk):
    list_display = ["__str__", "starts_on", "ends_on", "is_active"]
    list_select_related = ["year"]
    ordering = ["-starts_on", "-pk"]
    readonly_fields = ["is_active"]


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


@admin.register(models.Module)
class ModuleAdmin(Desk):
    list_display = ["offering", "kind", "number", "title"]
    list_filter = ["kind"]
    list_select_related = ["offering__course", "offering__term__year"]
    search_fields = ["title", "offering__course__code"]
    autocomplete_fields = ["offering"]
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
    readonly_fields = ["group"]
    ordering = ["offering__course__code", "name", "pk"]


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


@admin.register(models.LecturerExpertise)
class LecturerExpertiseAdmin(Desk):
    list_display = ["lecturer", "expertise", "kind"]
    list_filter = ["kind"]
    list_select_related = ["lecturer__user", "expertise"]
    search_fields = ["lecturer__user__name", "expertise__name"]
    autocomplete_fields = ["lecturer", "expertise"]
    ordering = ["lecturer__user__name", "pk"]


@admin.register(models.TeachingRole)
class TeachingRoleAdmin(Desk):
    list_display = ["lecturer", "offering", "kind", "label"]
    list_filter = ["kind"]
    list_select_related = ["lecturer__user", "offering__course", "offering__term__year"]
    search_fields = ["lecturer__user__name", "offering__course__code"]
    autocomplete_fields = ["lecturer", "offering"]
    ordering = ["lecturer__user__name", "pk"]


@admin.register(models.StudentEntry)
class StudentEntryAdmin(Desk):
    list_display = ["student", "term"]
    list_select_related = ["student__user", "term__year"]
    search_fields = ["student__user__name", "student__user__username"]
    autocomplete_fields = ["student"]
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
