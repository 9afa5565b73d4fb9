"""script/server, run for real: it starts, heals, stops, and says clearly what is wrong."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import psutil
import pytest
import redis

from tests.commands.conftest import ROOT, Server, is_alive, plain_environment, status_of
from tests.processes import free_port, until

pytestmark = pytest.mark.commands

PARTS = {
    "web": ["isme.wsgi"],
    "critical": ["-Q critical"],
    "bulk": ["-Q bulk"],
    "beat": ["isme.celery", " beat "],
    "cache": ["valkey-server", "cache.conf"],
    "durable": ["valkey-server", "durable.conf"],
}


def run_server(folder: Path, **extra: str) -> subprocess.CompletedProcess:
    """Start a server that is expected to refuse."""
    env = plain_environment(ISME_VAR=str(folder / "var"), PORT=str(free_port()), DEMO="0")
    return subprocess.run(
        [ROOT / "script" / "server"],
        env={**env, **extra},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def other_child(server: Server, words: list[str], dead: psutil.Process | None = None):
    """Return a child of the part ``words`` that isn't ``dead``, or None while there is none.

    A parent may end itself when its child was killed: supervisor starts it again then, so it
    is looked up anew each time.
    """
    try:
        children = server.top(*words).children()
    except psutil.NoSuchProcess:
        return None
    return next((child for child in children if child != dead), None)


def test_every_killed_part_comes_back(set_up_before, start):
    server = start().ready()
    durable = redis.Redis(unix_socket_path=str(server.sockets / "durable.sock"))
    durable.set("kept", "yes")

    for name, words in PARTS.items():
        victim = server.top(*words)
        victim.kill()
        until(lambda: victim.pid not in server.processes(*words), f"{name} dead")  # noqa: B023
        # The other web process holds the same socket: nobody is refused meanwhile.
        assert status_of(server.port) == 200
        until(lambda: len(server.processes(*words)) > 0, f"{name} back")  # noqa: B023
        until(lambda: f"spawned: '{name}" in server.output, f"{name} on the console")  # noqa: B023

    def kept() -> bool:
        try:
            return durable.get("kept") == b"yes"
        except redis.RedisError:
            return False

    until(kept, "the durable store with what it held")
    # A child of a web process or a worker is its parent's to replace.
    for words in (PARTS["web"], PARTS["critical"]):
        child = until(lambda: other_child(server, words), f"a child of {words}")  # noqa: B023
        child.kill()
        until(lambda: other_child(server, words, child), f"a new child of {words}")  # noqa: B023
    until(lambda: len(server.processes(*PARTS["web"])) == 4, "two web processes again")
    assert status_of(server.port) == 200


def test_one_server_from_start_to_ctrl_c_and_start_again(start, tmp_path):
    bystander = subprocess.Popen(["sleep", "600"], start_new_session=True)
    # The hardest case: a shell without job control starts its background commands deaf to
    # SIGINT, and Ctrl-C must stop this one all the same.
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        server = start()
    finally:
        signal.signal(signal.SIGINT, previous)
    try:
        server.ready()
        key = server.var / "secret_key"
        assert key.stat().st_mode & 0o777 == 0o600
        assert server.var.stat().st_mode & 0o777 == 0o700
        first_key, sockets = key.read_text(), server.sockets

        refused = run_server(tmp_path)
        assert refused.returncode == 1
        where = f"{server.var} at http://127.0.0.1:{server.port}/"
        assert f"ISME already runs from {where}" in refused.stderr
        assert status_of(server.port) == 200

        assert server.ctrl_c() == 0
        assert server.gone()
        assert status_of(server.port) == 0
        assert sockets == server.var / "run" or not sockets.exists()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()

    again = start().ready()
    assert key.read_text() == first_key
    assert ["Collecting static files" in one.output for one in (server, again)] == [True, False]


@pytest.mark.slow
def test_killed_supervisor_takes_the_rest_down(set_up_before, start):
    server = start().ready()
    server.supervisor.kill()
    assert server.process.wait(timeout=60) == 1
    assert "The supervisor ended by itself (SIGKILL)" in server.output
    assert server.gone()


def test_next_start_clears_up_after_everything_that_watches_was_killed(set_up_before, start):
    first = start().ready()
    supervisor = first.supervisor
    orphans = set(first.processes()) - {supervisor.pid, first.process.pid}
    # Stopped first: killing the console alone would let the supervisor end in order.
    supervisor.suspend()
    first.process.kill()
    supervisor.kill()
    first.process.wait()
    assert set(first.processes()) & orphans

    second = start().ready()
    assert not set(second.processes()) & orphans
    assert status_of(second.port) == 200


@pytest.mark.slow
def test_closed_console_ends_the_server(set_up_before, start):
    server = start().ready()
    ran = server.processes()
    assert {server.top(*words).pid for words in PARTS.values()} < set(ran)
    server.process.kill()  # as brutally as possible: it cannot stop anything itself
    server.process.wait()
    until(server.gone, "every process gone")

    # Not only what still carries our mark: nothing of what ran is left, under any name.
    assert [process for process in ran.values() if is_alive(process)] == []
    with socket.socket() as another:  # the address and the state folder are free again
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        another.bind(("127.0.0.1", server.port))
    assert start().ready().supervisor.pid not in ran


def test_taken_port_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run_server(tmp_path, PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 is already in use." in refused.stderr
    assert f"PORT={port + 1} script/server" in refused.stderr


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ({"PORT": "eighty"}, "PORT=eighty is not a port"),
        ({"PORT": "65536"}, "PORT=65536 is not a port"),
        ({"HOST": "203.0.113.7"}, "HOST=203.0.113.7 is not an address of this machine."),
    ],
)
def test_bad_address_is_named(tmp_path, extra, message):
    refused = run_server(tmp_path, **extra)
    assert refused.returncode == 1
    assert message in refused.stderr


def test_too_old_python_is_named_with_its_version(tmp_path):
    old = program(
        tmp_path / "bin",
        "python3",
        'case "$*" in *"%d.%d.%d"*) echo 3.9.2 ;; *) exit 1 ;; esac',
    )
    refused = run_server(tmp_path, PYTHON=str(old))
    assert refused.returncode == 1
    assert "ISME needs Python 3.11 or newer" in refused.stderr
    assert f"{old} (3.9.2)" in refused.stderr


def test_python_without_venv_gets_the_one_command(tmp_path):
    real = subprocess.run(
        ["sh", "-c", '. "$root/script/common.sh"; find_python; echo "$python"'],
        env=plain_environment(root=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    cut = program(
        tmp_path / "bin",
        "python3",
        f'case "$*" in *ensurepip*) exit 1 ;; *) exec {real} "$@" ;; esac',
    )
    # Not Debian, or not root: nothing is installed, the command is shown.
    program(tmp_path / "bin", "id", "echo 1000")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    refused = run_server(tmp_path, PYTHON=str(cut), PATH=path)
    assert refused.returncode == 1
    assert "sudo apt-get install -y python3" in refused.stderr


def test_full_disk_is_named(tmp_path):
    program(
        tmp_path / "bin",
        "df",
        "echo 'Filesystem 1024-blocks Used Available Capacity Mounted'; echo 'disk 9 9 3072 99% /'",
    )
    refused = run_server(tmp_path, PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert refused.returncode == 1
    assert "The disk is full:" in refused.stderr
    assert "has 3 MB left" in refused.stderr


def test_state_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "var").write_text("a file, not a folder")
    refused = run_server(tmp_path)
    assert refused.returncode == 1
    assert f"Cannot write to {tmp_path / 'var'}." in refused.stderr


@pytest.mark.slow
def test_fresh_checkout_with_an_empty_home_and_an_interrupted_set_up(tmp_path):
    checkout, home = tmp_path / "check out", tmp_path / "home"
    home.mkdir()
    left_behind = shutil.ignore_patterns(".git", ".venv", "var", "*.mo", "__pycache__")
    shutil.copytree(ROOT, checkout, ignore=left_behind)
    env = plain_environment(HOME=str(home), PORT=str(free_port()), DEMO="0")
    env.pop("ISME_VENV", None)

    def begin() -> tuple[subprocess.Popen, Path]:
        output = tmp_path / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [checkout / "script" / "server"],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return process, output

    process, output = begin()
    until(lambda: "Installing dependencies" in output.read_text(), "pip at work", 120)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    process, output = begin()
    try:
        until(lambda: "Stop with Ctrl-C." in output.read_text(), "the address", 300)
        assert "unfinished or broken; making it anew" in output.read_text()
        assert status_of(int(env["PORT"])) == 200
        # The plain lock file must hold all that the workers need, not only the web.
        for lane in ("critical", "bulk"):
            log = checkout / "var" / "log" / f"{lane}.log"
            until(lambda: " ready." in log.read_text(), f"the {lane} worker")  # noqa: B023
    finally:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0
