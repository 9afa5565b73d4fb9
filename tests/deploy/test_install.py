"""deploy/install into a folder, twice; deploy/upgrade under load, and with what must not come in."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from io import StringIO
from pathlib import Path
from typing import Self

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import migrations, models

from accounts.models import User
from isme.lib.management.commands.check_expand import breaks
from tests.processes import database_url, free_port, on_sqlite, until

ROOT = Path(settings.BASE_DIR)
INSTALL, UPGRADE = ROOT / "deploy" / "install", ROOT / "deploy" / "upgrade"
PARTS = ["isme", "accounts", "notifications", "academics", "forum", "dashboard", "templates"]


# --- Install ----------------------------------------------------------------------------------------


def install(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [INSTALL, "--host", "isme.example.ac.id", "--into", folder, *words]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_install_writes_a_server_and_the_second_time_nothing(tmp_path):
    first = install(tmp_path, "--staging")
    assert first.returncode == 0, first.stderr
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    names = {str(path.relative_to(tmp_path)) for path in files}
    assert names >= {
        "etc/isme/env",
        "etc/nginx/conf.d/isme.conf",
        "etc/mysql/mariadb.conf.d/90-isme.cnf",
        "etc/systemd/system/isme.service",
        "etc/systemd/system/mariadb.service.d/isme.conf",
        "etc/systemd/system/isme-backup.timer",
        "etc/logrotate.d/isme",
    }
    second = install(tmp_path, "--staging")

    assert second.returncode == 0, second.stderr
    assert ": written" not in second.stdout
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == files


def test_settings_that_install_writes_let_staging_and_production_start(tmp_path):
    for mode in (["--staging"], ["--mail", "smtps://isme:pass-word@mail.example.ac.id"]):
        folder = tmp_path / mode[0]
        folder.mkdir()
        assert install(folder, *mode).returncode == 0
        lines = (folder / "etc/isme/env").read_text().splitlines()
        pairs = [line.split("=", 1) for line in lines if line and line[0] != "#"]
        values = {name: value.strip("'") for name, value in pairs}
        done = subprocess.run(
            [sys.executable, "-c", "import isme.settings as s; print(s.ISME_ENV)"],
            env={"PATH": os.environ["PATH"], **values}, cwd=ROOT, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == values["ISME_ENV"]
        assert not re_placeholder(folder / "etc/nginx/conf.d/isme.conf")


def re_placeholder(path: Path) -> bool:
    code = [line.partition("#")[0] for line in path.read_text().splitlines()]
    return any("@" in line for line in code)


def test_production_without_mail_and_bad_names_are_refused_before_anything_is_written(tmp_path):
    assert install(tmp_path).returncode == 1
    bad = subprocess.run(
        [INSTALL, "--host", "x;rm", "--staging", "--into", tmp_path],
        check=False, capture_output=True,
    )  # fmt: skip
    assert bad.returncode == 1
    assert list(tmp_path.iterdir()) == []


def test_rehearsal_changes_nothing(tmp_path):
    assert install(tmp_path, "--staging", "--dry-run").returncode == 0
    assert list(tmp_path.iterdir()) == []


# --- What may come in while the old release runs ----------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (migrations.RemoveField("user", "note"), True),
        (migrations.DeleteModel("user"), True),
        (migrations.RenameField("user", "a", "b"), True),
        (migrations.AddField("user", "x", models.IntegerField()), True),
        (migrations.AddField("user", "x", models.IntegerField(null=True)), False),
        (migrations.AddField("user", "x", models.IntegerField(db_default=1)), False),
        (migrations.CreateModel("x", []), False),
    ],
)
def test_migrations_that_the_running_release_can_t_stand_are_told(operation, expected):
    assert breaks(operation) is expected


@pytest.mark.django_db
def test_nothing_to_migrate_passes():
    out = StringIO()
    call_command("check_expand", stdout=out)
    assert "none takes anything away" in out.getvalue()


# --- The first person -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_first_super_admin_gets_a_password_that_works_once():
    out = StringIO()
    call_command("create_super_admin", "budi", name="Budi", stdout=out)
    user = User.objects.get(username="budi")

    assert user.role == "super_admin"
    assert user.must_change_password
    assert user.check_password(out.getvalue().splitlines()[-1])
    with pytest.raises(CommandError):
        call_command("create_super_admin", "budi", name="Budi", stdout=out)


# --- Upgrade under load -----------------------------------------------------------------------------


class Server:
    """The web under its supervisor, as on a server: releases, a link to the one in use."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        for name in ("releases", "var/log", "run"):
            (home / name).mkdir(parents=True)
        self.environment = {
            **os.environ,
            "ISME_HOME": str(home),
            "ISME_ENV_FILE": str(home / "none"),
            "ISME_AS": "",
            "DJANGO_SETTINGS_MODULE": "isme.settings",
            "ISME_ENV": "local",
            "DATABASE_URL": database_url(),
            "ISME_ROOT": str(home / "current"),
            "ISME_PYTHON": sys.executable,
            "ISME_BIN": str(Path(sys.executable).parent),
            "ISME_VAR": str(home / "var"),
            "ISME_RUN": str(home / "run"),
            "ISME_PARTS": "web.conf",
            "ISME_SOCKET": f"tcp://127.0.0.1:{self.port}",
            "ISME_STOP_SECONDS": "5",
        }
        self.environment.pop("ISME_RELEASE", None)

    def release(self, name: str) -> Path:
        folder = self.home / "releases" / name
        for part in PARTS:
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        shutil.copy(ROOT / "manage.py", folder)
        (folder / "RELEASE").write_text(name)
        (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
        return folder

    def start(self, folder: Path) -> subprocess.Popen[bytes]:
        (self.home / "current").symlink_to(folder)
        command = [sys.executable, "-m", "supervisor.supervisord", "-n"]
        command += ["-c", str(folder / "deploy/supervisor/supervisord.conf")]
        return subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)

    def get(self, path: str) -> tuple[int, str]:
        address = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError as error:
            return 0, str(error)

    def runs(self, name: str) -> bool:
        return f'"release": "{name}"' in self.get("/readyz")[1]

    def upgrade(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [UPGRADE, *map(str, words)], env=self.environment, check=False,
            capture_output=True, text=True,
        )  # fmt: skip


class Clicks:
    """People who go on clicking: what they got, and how often."""

    def __init__(self, server: Server) -> None:
        self.answers: list[int] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._click, args=(server,)) for _ in range(2)]

    def _click(self, server: Server) -> None:
        while not self._over.is_set():
            self.answers.append(server.get("/livez")[0])
            self._over.wait(0.02)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(on_sqlite, reason="needs a database that other processes share")
def test_upgrade_under_load_fails_no_request_and_a_broken_release_stays_out(tmp_path):
    server = Server(tmp_path)
    one, two = server.release("one"), server.release("two")
    process = server.start(one)
    try:
        until(lambda: server.runs("one"), "the first release", log=tmp_path / "var/log/web-0.log")
        (two / "isme" / "wsgi.py").write_text("import nothing_of_that_name\n")
        refused = server.upgrade("--built", two)
        assert refused.returncode == 1, refused.stdout + refused.stderr
        assert server.runs("one")
        shutil.copy(ROOT / "isme" / "wsgi.py", two / "isme" / "wsgi.py")
        with Clicks(server) as clicks:
            done = server.upgrade("--built", two)
            assert server.runs("two")
            back = server.upgrade("--rollback")
        assert done.returncode == 0, done.stdout + done.stderr
        assert back.returncode == 0, back.stdout + back.stderr
        assert server.runs("one")
        assert len(clicks.answers) > 50
        assert set(clicks.answers) == {200}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)
