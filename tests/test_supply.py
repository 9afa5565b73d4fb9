"""What ISME is made of: pinned, listed, asked about; and no secret beside it."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["base", "production", "dev"]


def script(name: str):
    loader = SourceFileLoader(name.removesuffix(".py"), str(ROOT / "script" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_pinned_by_hash(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[^]]*\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_list_of_parts_names_each_with_its_hashes():
    done = subprocess.run(
        [sys.executable, ROOT / "script" / "sbom"], capture_output=True, check=True, text=True
    )
    bom = json.loads(done.stdout)
    lock = (ROOT / "requirements" / "production.txt").read_text()
    django = next(part for part in bom["components"] if part["name"] == "django")

    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.5")
    assert len(bom["components"]) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
    assert f"django=={django['version']}" in lock
    assert all(part["hashes"] for part in bom["components"])


def audit_with(tmp_path: Path, said: str, status: int) -> int:
    """Run script/audit with a pip-audit that says what it is told to say."""
    program = tmp_path / "bin" / "pip-audit"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{said}'\nexit {status}\n")
    program.chmod(0o755)
    return subprocess.run(
        [ROOT / "script" / "audit", "some.txt"],
        env={**os.environ, "ISME_AUDIT_VENV": str(tmp_path)}, check=False, capture_output=True,
    ).returncode  # fmt: skip


@pytest.mark.parametrize(
    ("said", "status"),
    [("Max retries exceeded", 1), ("x could not be audited: x (1)", 0), ("Traceback", 1)],
)
def test_audit_that_could_not_ask_is_no_clean_bill(tmp_path, said, status):
    assert audit_with(tmp_path, said, status) == 3


def test_audit_tells_faults_from_none(tmp_path):
    assert audit_with(tmp_path, "Found 1 known vulnerability in 1 package", 1) == 1


def test_audit_passes_what_has_no_known_fault(tmp_path):
    assert audit_with(tmp_path, "No known vulnerabilities found", 0) == 0


def test_no_secret_lies_in_the_repository():
    done = subprocess.run(
        [sys.executable, ROOT / "script" / "secrets.py"],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a" * 36,
        "mysql://isme:" + "correcthorse@db/isme",
        "SECRET_KEY = '" + "k" * 50 + "'",
    ],
)
def test_what_looks_like_a_secret_is_found_and_not_repeated(line):
    [found, *_more] = script("secrets.py").findings("x.py", line)
    assert found.startswith("x.py:")
    assert line[-10:] not in found
