"""Static files: what pages name is collected and compressed, once, and whole."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import get_files
from django.core.files.storage import storages
from django.core.management import call_command

NAMED = re.compile(r"{% static \"([^\"]+)\"")


@pytest.fixture
def collect(settings, tmp_path: Path):
    """Collect one stylesheet as production does; the folder where it comes to lie."""
    source, root = tmp_path / "source", tmp_path / "static"
    source.mkdir()
    (source / "some.css").write_text("p { color: red }\n" * 200)
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], root
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "isme.lib.static_files.HashedFiles"},
    }
    finders.get_finder.cache_clear()

    def run() -> Path:
        call_command("collectstatic", interactive=False, verbosity=0)
        assert storages["staticfiles"].location == str(root)
        return root

    yield run
    finders.get_finder.cache_clear()


def one(root: Path, pattern: str) -> Path:
    [found] = root.glob(pattern)
    return found


def test_only_what_pages_name_is_compressed(collect):
    """Else the first start of a laptop compresses everything twice."""
    root = collect()
    (root / "some.css.gz").write_text("of an older release")
    collect()
    assert one(root, "some.*.css.br").stat().st_size < one(root, "some.*.css").stat().st_size
    assert {path.name for path in root.glob("some.css*")} == {"some.css"}


def test_what_is_compressed_stays_and_what_a_kill_tore_is_made_whole(collect):
    """Else each change of a page costs seconds, or browsers get half a stylesheet for a year."""
    smaller = one(collect(), "some.*.css.gz")
    before, whole = smaller.stat().st_mtime_ns, smaller.read_bytes()
    collect()
    assert smaller.stat().st_mtime_ns == before
    for torn in (whole[:-20], whole[:5], b"", b"not that at all"):
        smaller.write_bytes(torn)
        collect()
        assert smaller.read_bytes() == whole
    smaller.unlink()
    collect()
    assert smaller.exists()


def test_everything_that_a_page_names_is_collected():
    """Else a page of production fails: a name without a file is an error there."""
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    collected = {
        name for finder in finders.get_finders() for name, _storage in finder.list(patterns)
    }
    folder = Path(settings.BASE_DIR) / "templates"
    named = {name for page in folder.rglob("*.html") for name in NAMED.findall(page.read_text())}
    assert "django_htmx/htmx-2.min.js" in named
    assert named <= collected
    assert len([name for name in collected if "htmx" in name]) <= 2


def test_ignored_patterns_take_only_htmx():
    """Else a file of ours by such a name is missing, and nobody knows why."""
    patterns = apps.get_app_config("staticfiles").ignore_patterns
    for app in apps.get_app_configs():
        folder = Path(app.path) / "static"
        if not folder.is_dir() or app.name == "django_htmx":
            continue
        storage = finders.FileSystemStorage(location=folder)
        assert set(get_files(storage, patterns)) == set(get_files(storage, ["CVS", ".*", "*~"]))
