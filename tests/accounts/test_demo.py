"""The demo faculty: believable, and the same each time."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Identifier, LecturerProfile, StudentProfile, User


@pytest.mark.django_db
def test_seed_is_deterministic_and_idempotent(capsys):
    call_command("seed_demo", students=20, lecturers=3)
    names = list(User.objects.order_by("username").values_list("username", "name"))
    call_command("seed_demo", students=20, lecturers=3)

    assert list(User.objects.order_by("username").values_list("username", "name")) == names
    assert len(names) == 25
    assert (StudentProfile.objects.count(), LecturerProfile.objects.count()) == (20, 3)
    assert Identifier.objects.filter(kind="nim").count() == 20


@pytest.mark.django_db
def test_seed_is_refused_without_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo")
