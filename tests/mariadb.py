"""A MariaDB of the test's own, with the binary log that production keeps and the suite's has not."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from tests.processes import until


class PrivateMariaDB:
    """As deploy/mariadb/isme.cnf configures it, small; on a socket in ``folder`` (a short path).

    With a ``port`` others can follow it; each needs a ``number`` of its own.
    """

    def __init__(self, folder: Path, *, port: int = 0, number: int = 1) -> None:
        self.port, self.number = port, number
        self.folder, self.socket, self.log = folder, folder / "db.sock", folder / "log"
        self.as_root = ["--user=root"] if folder.owner() == "root" else []
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}"]
        install += ["--auth-root-authentication-method=normal", "--skip-test-db", *self.as_root]
        subprocess.run(install, check=True, capture_output=True)
        self.start()

    def start(self) -> None:
        """Also after ``kill``."""
        folder = self.folder
        small = {
            "datadir": folder / "data", "socket": self.socket, "pid-file": folder / "pid",
            "log-error": self.log, "innodb-buffer-pool-size": "64M",
            "innodb-log-file-size": "16M", "innodb-flush-log-at-trx-commit": 0,
            "innodb-flush-method": "nosync", "innodb-doublewrite": 0, "sync-binlog": 0,
            "slow-query-log": 0,
        }  # fmt: skip
        words = [f"--{name}={value}" for name, value in small.items()]
        places = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
        config = settings.BASE_DIR / "deploy" / "mariadb" / "isme.cnf"
        command = [shutil.which("mariadbd", path=places), f"--defaults-file={config}"]
        network = ["--bind-address=127.0.0.1", f"--port={self.port}"]
        command += network if self.port else ["--skip-networking"]
        command += [f"--server-id={self.number}", *words, *self.as_root]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until(self._answers, "the private MariaDB", log=self.log)

    def _answers(self) -> bool:
        done = subprocess.run(self.client("--execute=SELECT 1"), check=False, capture_output=True)
        return done.returncode == 0

    def client(self, *words: str) -> list[str]:
        return ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", *words]

    def run(self, statements: str, database: str = "") -> None:
        """In one connection, so that a SET holds for those after it."""
        words = self.client(*([database] if database else []))
        subprocess.run(words, input=statements.encode(), check=True)

    def said(self, statement: str) -> str:
        """What one statement answers: its first row, as text."""
        words = self.client("--batch", "--skip-column-names", f"--execute={statement}")
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def copy_tables(self, database: str) -> None:
        """Make ``database`` with the tables and rows of the test's."""
        given = connection.settings_dict
        socket = given["OPTIONS"]["unix_socket"]
        command = ["mariadb-dump", "--no-defaults", f"--socket={socket}", "--user=root"]
        dump = subprocess.run([*command, given["NAME"]], check=True, capture_output=True).stdout
        self.run(f"CREATE DATABASE {database}")
        subprocess.run(self.client(database), input=dump, check=True)

    @contextmanager
    def as_default(self, database: str) -> Iterator[None]:
        """Let Django's default connection be one to ``database`` here."""
        usual = connections["default"]
        given = usual.settings_dict
        options = {**given["OPTIONS"], "unix_socket": str(self.socket)}
        fields = {**given, "NAME": database, "USER": "root", "HOST": "", "OPTIONS": options}
        connections["default"] = type(usual)(fields, "default")
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = usual

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
