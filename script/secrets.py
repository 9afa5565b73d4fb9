"""Look for secrets among the files that git knows: keys, tokens, passwords in addresses.

A line that is meant to look like one says so in ALLOWED. Standard library only; exit 1 if any.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATTERNS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*\S"),
    "AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}"),
    "Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "Slack token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),
    "JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."),
    "password in an address": re.compile(
        r"\b[a-z][a-z0-9+]*://[^\s/:@{}$<>]+:([^\s@/{}$<>]{6,})@"
    ),
    "secret in an assignment": re.compile(
        r"(?i)\b(?:secret_key|api_key|access_token|backup_key)\s*[=:]\s*['\"][A-Za-z0-9+/_-]{32,}['\"]"
    ),
}
# Examples and what tests make up; a word here is part of the line.
ALLOWED = ("example", "secret@", "password@", ":secret@", "only-for-tests", "local-only", "••••")
SKIPPED = ("requirements/", "isme/locale/")
MOST_BYTES = 2_000_000


def findings(name: str, text: str) -> list[str]:
    """``file:line: what`` for each line that looks like a secret; never the line itself."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if any(word in line for word in ALLOWED):
            continue
        found += [f"{name}:{number}: {what}" for what, p in PATTERNS.items() if p.search(line)]
    if PATTERNS["private key"].search(text):
        found.append(f"{name}: private key")
    return sorted(set(found))


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        print("Not a git checkout: nothing to look through.")
        return 0
    found: list[str] = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or name.startswith(SKIPPED) or not path.is_file():
            continue
        if path.stat().st_size <= MOST_BYTES:
            found += findings(name, path.read_text(errors="ignore"))
    print("\n".join(found) if found else "No secrets found.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
