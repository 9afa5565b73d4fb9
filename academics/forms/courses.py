from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academics.choices import CourseKind
from academics.forms.base import RowForm
from academics.models import Course, CourseOffering, Module, TeachingRole, Term
from academics.services.courses import wrong_course, wrong_dates
from accounts.models import LecturerProfile
from isme.lib.idempotency import OnceForm

LEVELS = [(str(level), str(level)) for level in range(1, 8)]


class LinesField(forms.CharField):
    """Several short texts, one on each line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.split())[:100] for line in super().clean(value).splitlines()]
        return list(dict.fromkeys(line for line in lines if line))


class CourseForm(RowForm):
    class Meta:
        model = Course
        fields = [
            "code", "name", "kind", "level", "block_no", "curriculum_year", "credits",
            "curriculum_roles",
        ]  # fmt: skip
        field_classes = {"curriculum_roles": LinesField}

    level = forms.TypedChoiceField(
        label=_("study level"),
        choices=[("", _("None: a course of short terms")), *LEVELS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    curriculum_roles = LinesField(
        label=_("curriculum roles"), required=False, max_length=2000, help_text=_("One per line.")
    )
    expertises = LinesField(
        label=_("expertises that it asks for"),
        required=False,
        max_length=2000,
        help_text=_(
            "One per line; any one of them makes a lecturer fit."
            " A course of a study level needs at least one."
        ),
    )

    def also_wrong(self) -> dict[str, str]:
        """What else is wrong when a field is: else it is said only once that one is mended."""
        expertises = self.cleaned_data.get("expertises", [])
        return wrong_course(self.instance, expertises, unread=set(self.errors))


class OfferingForm(RowForm):
    class Meta:
        model = CourseOffering
        fields = ["term", "starts_on", "ends_on", "weeks"]
        labels = {"term": _("Term")}

    weeks = forms.IntegerField(
        label=_("Teaching weeks"),
        min_value=1,
        max_value=60,
        required=False,
        help_text=_(
            "In how many of the weeks between these days there are lessons. It may stay empty."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["term"]
        else:
            terms = Term.objects.select_related("year").order_by("-starts_on", "-pk")
            self.fields["term"].queryset = terms  # type: ignore[attr-defined]

    def also_wrong(self) -> dict[str, str]:
        if {"term", "starts_on", "ends_on"} & set(self.errors):
            return {}
        found = wrong_dates(self.instance, self.instance.term)
        return {name: text for name, text in found.items() if name not in self.errors}


class RoleForm(RowForm):
    class Meta:
        model = TeachingRole
        fields = ["lecturer", "kind", "label"]
        labels = {"lecturer": _("Lecturer")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lecturers = LecturerProfile.objects.filter(user__is_active=True).select_related("user")
        choices = lecturers.order_by("user__name", "pk")
        self.fields["lecturer"].queryset = choices  # type: ignore[attr-defined]


class ModuleForm(RowForm):
    class Meta:
        model = Module
        fields = ["kind", "title"]


class OpenForm(OnceForm):
    """Which courses a term offers from now on."""

    courses = forms.MultipleChoiceField(
        label=_("Courses"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one course.")},
    )

    def __init__(self, courses: list[Course], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(course.pk), str(course)) for course in courses]
        self.fields["courses"].choices = choices  # type: ignore[attr-defined]


class CourseFilterForm(forms.Form):
    """Only draws the filters."""

    q = forms.CharField(
        label=_("Search by code or name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "maxlength": "100"}),
    )
    show = forms.CharField(required=False, widget=forms.HiddenInput)  # the tab that is open
    term = forms.ChoiceField(label=_("Term"), required=False)
    level = forms.ChoiceField(label=_("Study level"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *CourseKind.choices]
    )
    gap = forms.ChoiceField(
        label=_("Missing this term"),
        required=False,
        choices=[
            ("", _("All")),
            ("any", _("Something is missing")),
            ("coordinator", _("Without coordinator")),
            ("syllabus", _("Without syllabus")),
            ("classes", _("Without class")),
        ],
    )

    def __init__(self, *, terms: list[Term], initial: dict[str, str], for_staff: bool) -> None:
        super().__init__(initial=initial, auto_id="filter_%s")
        if not for_staff:
            del self.fields["gap"]
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        choices = [("", _("All")), *((str(term.pk), str(term)) for term in terms)]
        self.fields["term"].choices = choices  # type: ignore[attr-defined]
        levels = [("", _("All")), *LEVELS, ("0", _("Short term"))]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
