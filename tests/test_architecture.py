"""The shape of the house, held by machine."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = [*sorted(path.parent.name for path in ROOT.glob("*/apps.py")), "isme"]
FILES = [
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
]
WEB = ("django.http", "django.shortcuts", "django.contrib.messages")
MAY_USE_CELERY = {
    "isme/celery.py",
    "isme/__init__.py",
    "isme/lib/tasks.py",
    "isme/lib/bell.py",
    "isme/lib/lost_ack.py",
}
BELOW_VIEWS = {
    "models",
    "services",
    "selectors",
    "selectors.py",
    "querysets.py",
    "rules.py",
    "choices.py",
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_keeps_the_house_rules(path: Path):
    name = str(path.relative_to(ROOT))
    tree = ast.parse(path.read_text())
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= 40
    ]
    assert path.read_text().count("\n") <= 400
    assert long == []
    used = imports(path)
    if name not in MAY_USE_CELERY:
        assert not {module for module in used if module.split(".")[0] == "celery"}
    if BELOW_VIEWS & set(path.relative_to(ROOT).parts):
        assert not {module for module in used if module.startswith(WEB)}
