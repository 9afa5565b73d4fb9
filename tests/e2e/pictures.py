"""Draws the pictures of README.md anew: ``script/test tests/e2e/pictures.py``.

Not among the tests that run by themselves: its name doesn't begin with test_.
"""

import io
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import expect

from forum.models import Thread
from isme.lib import hooks
from tests.e2e.conftest import NARROW, WIDE

FOLDER = Path(settings.BASE_DIR) / "docs" / "pictures"
MOST_BYTES = 120_000
GAP = 24  # px between the two screens of a picture
HEIGHT = 800


@pytest.fixture
def demo(transactional_db: None) -> None:
    hooks.seed_demo(hooks.DemoPlan(students=120, lecturers=20, seed=1))


def screen(visit, login: str, address: str, width: int, scheme: str) -> Image.Image:
    visitor = visit(width=width, color_scheme=scheme)
    visitor.page.set_viewport_size({"width": width, "height": HEIGHT})
    visitor.sign_in(login, settings.ISME_DEMO_PASSWORD)
    expect(visitor.page.locator("header.top")).to_be_visible()
    visitor.page.goto(address, wait_until="networkidle")
    return Image.open(io.BytesIO(visitor.page.screenshot())).convert("RGB")


@pytest.mark.parametrize(
    ("name", "login", "address"),
    [("discussion", "mhs0001", None), ("people", "akademik", "/accounts/users/")],
)
def test_draw(visit, demo, name, login, address):
    if address is None:
        address = f"/forum/t/{Thread.objects.get(title='Diskusi besar').pk}/"
    wide = screen(visit, login, address, WIDE, "light")
    narrow = screen(visit, login, address, NARROW, "dark")
    picture = Image.new("RGB", (WIDE + GAP + NARROW, HEIGHT), "white")
    picture.paste(wide, (0, 0))
    picture.paste(narrow, (WIDE + GAP, 0))
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{name}.webp"
    picture.save(target, "WEBP", quality=75, method=6)
    assert target.stat().st_size <= MOST_BYTES
