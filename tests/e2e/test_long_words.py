"""Names and titles that are one word without end: what was pasted, an address, a child's joke."""

import pytest
from django.apps import apps
from django.db import models

from academics.models import CourseOffering, Material
from accounts.choices import Role
from forum.models import Thread
from isme.lib.models import StoredFile
from tests.e2e.conftest import NARROW, WIDE

WORDS = ("name", "title")  # the columns that pages show whole, as people typed them
PAGES = {
    Role.OFFICE: (
        "/dashboard/",
        "/courses/",
        "/courses/{course}/",
        "/courses/{course}/edit/",
        "/offerings/{offering}/edit/",
        "/materials/{material}/delete/",
        "/classes/",
        "/classes/{taught}/",
        "/rooms/",
        "/groups/",
        "/reports/classes/",
        "/reports/teaching/",
        "/accounts/users/",
        "/accounts/users/{person}/",
        "/forum/",
        "/forum/t/{thread}/",
        "/forum/t/{thread}/manage/",
        "/search/?q=WWW",
    ),
    Role.STUDENT: ("/dashboard/", "/courses/{course}/", "/classes/{taught}/", "/notifications/"),
}


def without_end(model: type[models.Model]) -> None:
    """Each word of each row as long as its column lets it be, and different from the others'."""
    named = [f for f in model._meta.concrete_fields if f.name in WORDS and f.max_length]
    for row in model._default_manager.all():
        for field in named:
            end = f"{row.pk}"
            setattr(row, field.attname, "W" * (field.max_length - len(end)) + end)
        row.save(update_fields=[field.attname for field in named])


@pytest.mark.parametrize("role", PAGES)
def test_word_without_end_breaks_no_page(visit, busy_faculty, role):
    """Else one title makes a page wider than the screen, and hides what stands beside it."""
    offering = CourseOffering.objects.get()
    lecturer = busy_faculty["lecturer"]
    file = StoredFile.objects.create(
        kind="x", owner_id=lecturer.pk, path="aa/1", name="W" * 150, size=1
    )
    material = Material.objects.create(offering=offering, title="W", file=file, added_by=lecturer)
    for app in ("academics", "forum"):
        for model in apps.get_app_config(app).get_models():
            if any(field.name in WORDS for field in model._meta.concrete_fields):
                without_end(model)
    facts = {
        "course": offering.course.code,
        "offering": offering.pk,
        "taught": offering.classes.all()[0].pk,
        "material": material.pk,
        "person": busy_faculty["student"].pk,
        "thread": Thread.objects.all()[0].pk,
    }
    visitor = visit()
    visitor.enter(busy_faculty[role])
    problems = []
    for address in PAGES[role]:
        assert visitor.open(address.format(**facts)).status == 200, address
        for width in (WIDE, NARROW):
            visitor.resize(width)
            problems += [f"{address} {width}: {e}" for e in visitor.overflow()]
    assert not problems, "\n".join(problems)
