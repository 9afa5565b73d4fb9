"""A database of 1 GB backed up, restored on trial, and brought back to a moment; how long it takes."""

import contextlib
import hashlib
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loadtests.ledger import ask, database
from loadtests.report import WRONG, Section, table

RPO_SECONDS, RTO_SECONDS = 300, 1800
# Of deploy/systemd/isme-backup-logs.timer: how long a row may wait for its copy to begin.
TIMER_SECONDS = 245
FIRST, LATER = "backup --logs, the first time", "backup --logs, what is new"
FILES, FILE_BYTES = 100, 2**20
PIECE = "CONCAT(REPEAT(CONCAT(body, ' '), 8), HEX(RANDOM_BYTES(300)))"
SIGNS = "lib_heartbeat"  # written by the commands themselves, and by us after the moment


def _root() -> Path:
    return Path(os.environ["ISME_RUN"]).parent


def _do(statement: str) -> None:
    with contextlib.closing(database()) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


def _megabytes() -> float:
    files = (_root() / "mariadb" / "isme").iterdir()
    return sum(file.stat().st_size for file in files) / 2**20


def _columns(of: str, without: set[str]) -> str:
    rows = ask(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'isme' "
        f"AND table_name = '{of}' AND extra NOT LIKE '%GENERATED%'"
    )
    return ", ".join(f"`{row[0]}`" for row in rows if row[0] not in without)


def _copy_threads(number: int) -> None:
    """So many more threads of a thousand replies."""
    [[source]] = ask("SELECT MIN(id) FROM forum_thread WHERE title = 'Diskusi besar'")
    thread = _columns("forum_thread", {"id", "accepted_id", "moved_to_id", "is_question"})
    post = _columns("forum_post", {"id", "thread_id", "body", "html"})
    with contextlib.closing(database()) as connection, connection.cursor() as cursor:
        for _ in range(number):
            cursor.execute(
                f"INSERT INTO forum_thread ({thread}, is_question) "
                f"SELECT {thread}, 0 FROM forum_thread WHERE id = {source}"
            )
            cursor.execute(
                f"INSERT INTO forum_post (thread_id, body, html, {post}) "
                f"SELECT {cursor.lastrowid}, {PIECE}, {PIECE}, {post} "
                f"FROM forum_post WHERE thread_id = {source}"
            )


def _fill(megabytes: float) -> None:
    while _megabytes() < megabytes:
        _copy_threads(5)
    media = Path(os.environ["ISME_VAR"], "media", "proof")
    media.mkdir(parents=True, exist_ok=True)
    for number in range(FILES):
        (media / f"{number}.bin").write_bytes(secrets.token_bytes(FILE_BYTES))


@dataclass
class Target:
    """The empty database and folder into which is restored."""

    name: str = "isme_again"

    @property
    def folder(self) -> Path:
        return _root() / "again"

    def environment(self) -> dict[str, str]:
        url = os.environ["DATABASE_URL"].replace("/isme?", f"/{self.name}?")
        return {"DATABASE_URL": url, "ISME_VAR": str(self.folder)}


def _manage(*words: object, target: Target | None = None) -> float:
    """Seconds that ``manage.py`` took. SystemExit with what it said if it fails."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, words)],
        env={**os.environ, **(target.environment() if target else {})},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"manage.py {words[0]} failed: {done.stdout}{done.stderr}")
    seconds = time.monotonic() - began
    print(f"  {words[0]}: {seconds:.1f} s", flush=True)
    return seconds


def _write_across(seconds: float) -> datetime:
    """Write rows for twice ``seconds``; give the moment in the middle, a whole second."""
    began, number = time.monotonic(), 0
    moment: datetime | None = None
    while time.monotonic() - began < 2 * seconds:
        if moment is None and time.monotonic() - began > seconds:
            moment = datetime.now(UTC).replace(microsecond=0)
        number += 1
        _do(f"INSERT INTO {SIGNS} (name, seen_at) VALUES ('proof-{number}', UTC_TIMESTAMP(6))")
        time.sleep(0.01)
    assert moment is not None
    return moment


def _rows(schema: str) -> dict[str, str]:
    """A digest of the rows of each table.

    CHECKSUM TABLE won't do: with generated columns it gives equal rows another sum.
    """
    socket = f"--socket={_root() / 'mariadb.sock'}"
    dump = ["mariadb-dump", "--no-defaults", socket, "--user=root", "--no-create-info"]
    found = {}
    for [name] in ask(f"SHOW TABLES FROM {schema}"):
        if name == SIGNS:
            continue
        command = [*dump, "--skip-comments", "--order-by-primary", "--hex-blob", schema, name]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            found[name] = hashlib.file_digest(process.stdout, "sha256").hexdigest()
        if process.returncode:
            sys.exit(f"{schema}.{name} can't be read")
    return found


def _hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def _differences(target: Target, moment: datetime) -> list[str]:
    wrong = []
    before, after = _rows("isme"), _rows(target.name)
    wrong += [
        f"{name} differs" for name in {**before, **after} if before.get(name) != after.get(name)
    ]
    if _hashes(Path(os.environ["ISME_VAR"], "media")) != _hashes(target.folder / "media"):
        wrong.append("stored files differ")
    until = f"{moment:%Y-%m-%d %H:%M:%S}"
    rows = f"FROM {{}}.{SIGNS} WHERE name LIKE 'proof-%' AND seen_at {{}} '{until}'"
    [[written]] = ask("SELECT COUNT(*) " + rows.format("isme", "<"))
    [[there]] = ask("SELECT COUNT(*) " + rows.format(target.name, "<"))
    [[later]] = ask("SELECT COUNT(*) " + rows.format(target.name, ">="))
    if not written or (there, later) != (written, 0):
        wrong.append(f"{written} rows before the moment, {there} restored; {later} after it")
    return wrong


def prove(megabytes: float) -> list[Section]:
    """Fill, back up, go on writing, and restore to a moment in between."""
    kept, logs, target = _root() / "kept", _root() / "logs", Target()
    _fill(megabytes)
    size = _megabytes()
    took = {"backup": _manage("backup", kept)}
    took["backup_drill --dir"] = _manage("backup_drill", "--dir", kept)
    # The timer's first run on a server finds all that it ever wrote; each later one what is new.
    took[FIRST] = _manage("backup", "--logs", logs)
    first = _bytes(logs)
    replies = max(1, round(megabytes / 30))
    _copy_threads(replies)
    moment = _write_across(3)
    took[LATER] = _manage("backup", "--logs", logs)
    written = f"{replies:,},000 replies later {(_bytes(logs) - first) / 2**20:,.0f} MB more"
    _do(f"CREATE DATABASE {target.name}")
    target.folder.mkdir()
    took["restore --logs --until"] = _manage(
        "restore", kept, "--logs", logs, "--until", moment.isoformat(), target=target
    )
    wrong = _differences(target, moment)
    for command in ("migrate", "audit_verify"):
        took[command] = _manage(command, target=target)
    sealed = (
        f"A database of {size:,.0f} MB and {FILES} stored files of 1 MB; sealed: backup "
        f"{_bytes(kept) / 2**20:,.0f} MB, binary logs {first / 2**20:,.0f} MB, {written}."
    )
    return _sections(sealed, took, wrong)


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _sections(sealed: str, took: dict[str, float], wrong: list[str]) -> list[Section]:
    rpo = TIMER_SECONDS + took[LATER]
    rto = sum(took[name] for name in ("restore --logs --until", "migrate", "audit_verify"))
    wrong += [f"RPO {rpo:.0f} s"] if rpo > RPO_SECONDS else []
    wrong += [f"RTO {rto:.0f} s"] if rto > RTO_SECONDS else []
    rows = [[name, f"{seconds:.1f}"] for name, seconds in took.items()]
    text = (
        f"{sealed} At most {rpo:.0f} s of writes are lost (the timer's {TIMER_SECONDS} s and the "
        f"copying of what is new; goal {RPO_SECONDS}); back after {rto:.0f} s (restore into a "
        f"database of another name, migrate, audit_verify; goal {RTO_SECONDS:,}). "
        + (
            "Every table and file is equal, to the row before the moment."
            if not wrong
            else "WRONG:"
        )
    )
    found = [Section("Backup and restore", text, table(["command", "seconds"], rows))]
    if wrong:
        found.append(Section(WRONG, "\n".join(f"* {one}" for one in wrong), ""))
    return found
