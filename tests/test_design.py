"""The design holds: readable colours, one stylesheet, nothing inline, light pages."""

import gzip
import math
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

from isme.lib import assets

ROOT = Path(settings.BASE_DIR)
TOKENS = (assets.SOURCES / "css" / "tokens.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LEAST_CONTRAST = 4.5  # WCAG 2.2 AA for text
INKS = [
    *((ink, ground) for ink in ("ink", "ink-2") for ground in ("paper", "surface", "sunken")),
    *((ink, "raised") for ink in ("ink", "ink-2")),
    *(("ink-3", ground) for ground in ("surface", "paper", "sunken", "raised")),
    ("ink-2", "hover"),
    ("accent-ink", "hover"),
    ("accent-ink", "raised"),
    ("accent-ink", "sunken"),
    ("accent-ink", "surface"),
    ("accent-ink", "paper"),
    ("accent-ink", "accent-soft"),
    ("on-accent", "accent"),
    ("on-block", "block"),
    ("on-block", "block-2"),
    ("on-block-2", "block"),
    ("on-block", "here"),
    ("on-sun", "sun"),
    ("sun-ink", "sun-soft"),
    ("brick-ink", "surface"),
    ("brick-ink", "paper"),
    ("sun-ink", "surface"),
    ("ink", "sun-soft"),
    ("ink", "brick-soft"),
    ("ink", "accent-soft"),
    ("ink", "sky-soft"),
    ("toast-ink", "toast"),
    ("toast-act", "toast"),
    ("brick-ink", "brick-soft"),
    ("on-brick", "brick"),
    ("sky-ink", "sky-soft"),
]


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """The relative luminance of an OKLCH colour, clipped to sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour(name: str, theme: str) -> float:
    value = re.search(rf"--{name}: ([^;]+);", TOKENS)
    assert value, name
    found = re.findall(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", value[1]) or [("1", "0", "0")]
    if value[1].startswith("light-dark(oklch(1 0 0)"):
        found = [("1", "0", "0"), found[-1]]
    chosen = found[0] if theme == "light" else found[-1]
    return luminance(*map(float, chosen))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), INKS)
def test_text_can_be_read(ink, ground, theme):
    """Else somebody with weak eyes, or in the sun, can't read it."""
    lighter, darker = sorted((colour(ink, theme), colour(ground, theme)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST


def test_every_component_is_in_the_stylesheet():
    """Else a new component's file is written and never reaches a browser."""
    files = {path.stem for path in (assets.SOURCES / "css").glob("*.css")} - {
        "admin",
        "gallery",
        "plain",
    }
    assert files == {name for name, _layer in assets.STYLES}
    scripts = {path.stem for path in (assets.SOURCES / "js").glob("*.js")} - {"admin-theme"}
    assert scripts == set(assets.SCRIPTS)


def test_joined_files_are_found_and_follow_their_sources(settings, tmp_path):
    settings.VAR = tmp_path
    found = Path(assets.JoinedFinder().find("isme/app.css"))
    assert found.read_text() == assets.stylesheet()
    assert assets.JoinedFinder().find("isme/other.css") == []
    assert {name for name, _storage in assets.JoinedFinder().list(None)} == set(assets.JOINED)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_obeys_the_content_security_policy(path):
    """Else a part of the page is dead in the browser: inline style and script are stopped."""
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", text)
    assert text.count("\n") <= 150
    assert text.startswith("{#"), "says what it needs"


def test_icons_that_templates_name_are_in_the_sprite():
    sprite = (assets.SOURCES / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'icon\.html" with name="([\w-]+)"', path.read_text())
    }
    assert named - drawn == set()


@pytest.mark.django_db
def test_first_view_is_light(signed_in):
    """Else a student on a slow phone waits: 100 KB over the wire, all in all."""
    import django_htmx

    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    parts = [
        signed_in.get("/dashboard/").content,
        assets.stylesheet().encode(),
        assets.script().encode(),
        (assets.SOURCES / "icons.svg").read_bytes(),
        htmx.read_bytes(),
    ]
    assert sum(len(gzip.compress(part)) for part in parts) <= 100_000


def admin_colours(theme: str) -> dict[str, str]:
    """The variables of Django admin in a theme: its own, under ours."""
    own = Path(admin.__file__).parent / "static" / "admin" / "css"
    found: dict[str, str] = {}
    for path in (own / "base.css", own / "dark_mode.css", assets.SOURCES / "css" / "admin.css"):
        chosen = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", path.read_text())
        for selector, rules in re.findall(r"([^{}]+)\{([^{}]*)\}", chosen):
            if ":root" in selector or f'data-theme="{theme}"' in selector:
                found |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", rules))
    return found


def resolved(colours: dict[str, str], name: str, theme: str) -> float:
    value = colours[name].strip()
    while (reference := re.fullmatch(r"var\(--([\w-]+)\)", value)) is not None:
        if reference[1] not in colours:
            return colour(reference[1], theme)  # of our tokens
        value = colours[reference[1]].strip()
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("body-fg", "body-bg"),
        ("link-fg", "body-bg"),
        ("link-fg", "darkened-bg"),
        ("body-quiet-color", "body-bg"),
        ("header-color", "header-bg"),
        ("header-branding-color", "header-bg"),
        ("header-link-color", "header-bg"),
        ("breadcrumbs-fg", "breadcrumbs-bg"),
        ("breadcrumbs-link-fg", "breadcrumbs-bg"),
        ("button-fg", "button-bg"),
        ("button-fg", "default-button-bg"),
        ("button-fg", "button-hover-bg"),
        ("body-fg", "darkened-bg"),
        ("body-fg", "selected-row"),
        ("link-fg", "selected-row"),
        ("error-fg", "message-error-bg"),
        ("body-fg", "message-warning-bg"),
        ("object-tools-fg", "object-tools-bg"),
    ],
)
def test_admin_can_be_read(ink, ground, theme):
    """Else whoever repairs data by hand guesses what a row says."""
    colours = admin_colours(theme)
    pair = sorted((resolved(colours, name, theme) for name in (ink, ground)), reverse=True)
    assert (pair[0] + 0.05) / (pair[1] + 0.05) >= LEAST_CONTRAST


def test_every_icon_that_is_named_is_drawn():
    """Else a button shows a hole where its sign should be."""
    sprite = (assets.SOURCES / "icons.svg").read_text()
    drawn = set(re.findall(r'id="([\w-]+)"', sprite))
    named: set[str] = set()
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r'icon\.html" with name="([\w-]+)"', text))
        named |= set(re.findall(r'\bicon="([\w-]+)"', text))
    assert len(named) > 20
    assert named - drawn == set()


def test_every_block_that_a_page_fills_is_one_of_its_frame():
    """Else what it says there, the way back for one, is shown nowhere."""
    lost = []
    for path in TEMPLATES:
        parent = re.search(r'{% extends "([^"]+)"', path.read_text())
        known: set[str] = set()
        while parent and (frame := ROOT / "templates" / parent[1]).exists() and frame != path:
            known |= blocks_of(frame.read_text())
            parent = re.search(r'{% extends "([^"]+)"', frame.read_text())
        if known:
            # At the margin: those inside another block are new ones of this page.
            filled = set(re.findall(r"^{% block (\w+) %}", path.read_text(), re.MULTILINE))
            lost += [f"{path.name}: {block}" for block in sorted(filled - known)]
    assert lost == []


def blocks_of(text: str) -> set[str]:
    return set(re.findall(r"{% block (\w+) %}", text))
