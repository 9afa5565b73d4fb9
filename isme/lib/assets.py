"""One stylesheet and one script for the browser, joined from a file per component.

A finder of staticfiles makes them: ``collectstatic`` and the development server see them like
any other file. No waterfall of imports, no build step.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

SOURCES = Path(settings.BASE_DIR) / "isme" / "static" / "isme"
LAYERS = ("tokens", "base", "layout", "components", "utilities", "print")
# In the order in which they apply: file, layer.
STYLES = (
    ("tokens", "tokens"),
    ("base", "base"),
    ("layout", "layout"),
    ("nav", "layout"),
    *(
        (name, "components")
        for name in (
            "buttons",
            "forms",
            "tables",
            "cards",
            "facts",
            "badges",
            "messages",
            "alerts",
            "progress",
            "drawings",
            "dialogs",
            "finder",
            "next",
            "charts",
            "tabs",
            "toasts",
            "notices",
            "auth",
            "codes",
            "board",
            "imports",
            "thread",
        )
    ),
    ("utilities", "utilities"),
    ("print", "print"),
)
SCRIPTS = (
    "bell",
    "board",
    "busy",
    "copy",
    "dialog",
    "drop",
    "finder",
    "focus",
    "fold",
    "forum-composer",
    "forum-format",
    "forum-thread",
    "halftyped",
    "looking",
    "offline",
    "push",
    "patience",
    "reveal",
    "tabs",
    "ticks",
    "toasts",
    "unsaved",
    "drafts",
)


# Chrome 120, Firefox 125, Safari 17.5: they know nesting, :has and popovers as well. Half of the
# rules would be worse than none: older ones get the bare page.
KNOWS_THE_DESIGN = "selector(:popover-open) and selector(:dir(ltr)) and (text-wrap: balance)"
PAIR = re.compile(r"light-dark\(((?:[^(),]|\([^()]*\))+), (?:[^()]|\([^()]*\))+\)")


def stylesheet() -> str:
    """All styles, each file in its layer, and what older browsers get instead."""
    parts = [
        f"@supports not ({KNOWS_THE_DESIGN}) {{\n{_style('plain')}}}",
        f"@supports {KNOWS_THE_DESIGN} {{",
        f"@layer {', '.join(LAYERS)};",
    ]
    for name, layer in STYLES:
        rules = f"@layer {layer} {{\n{_style(name)}}}"
        parts.append(f"@media print {{\n{rules}\n}}" if layer == "print" else rules)
    no_pairs = "@supports not (color: light-dark(red, red))"
    parts += ["}", f"{no_pairs} {{\n@layer tokens {{\n{_light(_style('tokens'))}}}\n}}"]
    return "\n".join(parts) + "\n"


def _style(name: str) -> str:
    return (SOURCES / "css" / f"{name}.css").read_text()


def _light(tokens: str) -> str:
    """``tokens`` for browsers that know no pairs of colours: the light ones."""
    return re.sub(r"color-scheme: [\w ]+", "color-scheme: light", PAIR.sub(r"\1", tokens))


def script() -> str:
    """All behaviours, each in a scope of its own."""
    texts = ((SOURCES / "js" / f"{name}.js").read_text() for name in SCRIPTS)
    return "\n".join(f"(() => {{\n{text}}})();" for text in texts) + "\n"


JOINED: dict[str, tuple[Callable[[], str], str]] = {
    "isme/app.css": (stylesheet, "css"),
    "isme/app.js": (script, "js"),
}


def _folder() -> Path:
    return Path(settings.VAR) / "joined"


def _write(name: str) -> Path:
    """Join ``name`` anew if a source is younger; return where it lies."""
    build, folder = JOINED[name]
    target = _folder() / name
    newest = max(path.stat().st_mtime for path in [*(SOURCES / folder).iterdir(), Path(__file__)])
    if not target.exists() or target.stat().st_mtime <= newest:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Several threads may find it old at once: each writes its own and the last one stays.
        fresh = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
        fresh.write_text(build())
        fresh.replace(target)
    return target


class JoinedFinder(BaseFinder):
    """Finds the two joined files."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in JOINED:
            return []
        found = str(_write(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        storage = FileSystemStorage(location=_folder())
        for name in JOINED:
            _write(name)
            yield name, storage
