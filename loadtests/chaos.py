"""Kill and freeze every part, one after the other, while people read and write; see it recover."""

import contextlib
import http.client
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from loadtests import people
from loadtests.ledger import Crowd, dead_jobs, overdue, wrong_counters
from loadtests.report import WRONG, Section, table
from loadtests.stack import Stack

RECOVERY_SECONDS = 60
FINE_IN_A_ROW = 5
LATE_SECONDS = 10
READERS_FIRST = 1
SEED = """
from django.contrib.auth import get_user_model
from forum.models import ForumCategory
from forum.services.posts import Message
from forum.services.threads import Plan, open_thread
author = get_user_model().objects.filter(role="student").first()
made = open_thread(author=author, category=ForumCategory.objects.get(slug="mahasiswa"),
                   plan=Plan(title="Kacau"), message=Message("Halo"))
print("thread", made.pk, flush=True)
"""


@dataclass
class Fault:
    """What is done to a part; ``undo`` after ``seconds``."""

    name: str
    do: Callable[[], None]
    undo: Callable[[], None] = lambda: None
    seconds: float = 0.0


@dataclass
class Outcome:
    name: str
    recovered: float | None
    answers: Counter[int] = field(default_factory=Counter)


# --- A mail server that can fall silent ------------------------------------------------------------


class _Mail(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        hole: threading.Event = self.server.hole  # type: ignore[attr-defined]
        if hole.is_set():
            time.sleep(30)
            return
        self.wfile.write(b"220 here\r\n")
        inside = False
        for line in self.rfile:
            word = line.strip().upper()
            if inside:
                inside = word != b"."
                if not inside:
                    self.wfile.write(b"250 taken\r\n")
            elif word == b"DATA":
                inside = True
                self.wfile.write(b"354 go on\r\n")
            else:
                self.wfile.write(b"250 fine\r\n" if word != b"QUIT" else b"221 bye\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.hole = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


# --- A disk that can be full ----------------------------------------------------------------------------


class Disk:
    """The small one on which loadtests/run put databases, queue, logs and files."""

    def __init__(self, root: Path) -> None:
        self.root, self.ballast = root, root / "ballast"

    def fill(self) -> None:
        """Take all that is left, to the last page."""
        with self.ballast.open("ab") as file:
            size = file.tell()
            for piece in (2**20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), size, piece)
                        size += piece

    def free(self) -> None:
        self.ballast.unlink()

    def fault(self, seconds: float) -> Fault:
        return Fault(f"disk full for {seconds:g} s", self.fill, self.free, seconds)


# --- Parts ----------------------------------------------------------------------------------------------


def _command(service: psutil.Process) -> list[str]:
    """How to start it again; a Redis shows its socket where its command was."""
    words = service.cmdline()
    for role in ("cache", "durable"):
        if any(f"{role}.sock" in word for word in words) and "mariadbd" not in words[0]:
            folder = Path(os.environ["ISME_RUN"]).parent
            place = ["--port", "0", "--unixsocket", str(folder / f"{role}.sock")]
            config = f"{os.environ['ISME_ROOT']}/deploy/redis/{role}.conf"
            return ["redis-server", config, *place, "--dir", str(folder / role)]
    return words


class Parts:
    """The processes by what they are. Redis and MariaDB come back after a second, as systemd does."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.commands = {one.pid: (_command(one), one.cwd()) for one in stack.services}
        self.started: list[subprocess.Popen[bytes]] = []
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def children(self, *words: str, main: bool) -> list[psutil.Process]:
        """Processes of the supervisor whose command holds ``words``: its own, or theirs."""
        assert self.stack.process is not None
        own = psutil.Process(self.stack.process.pid).children()
        mains = [one for one in own if all(word in " ".join(one.cmdline()) for word in words)]
        return mains if main else [child for one in mains for child in one.children()]

    def service(self, word: str) -> list[psutil.Process]:
        """The one that was started by a command with ``word``, dead or alive."""
        return [s for s in self.stack.services if word in " ".join(self.commands[s.pid][0])]

    def _keep(self) -> None:
        """Start again what died, whatever it died of, until it stays."""
        while not self._over.wait(1):
            for process in list(self.stack.services):
                if _dead(process):
                    self._again(process)

    def _again(self, process: psutil.Process) -> None:
        command, folder = self.commands[process.pid]
        print(f" ({Path(command[0]).name} died)", end="", flush=True)
        silent = subprocess.DEVNULL
        fresh = subprocess.Popen(command, cwd=folder, stdout=silent, stderr=silent)
        self.started.append(fresh)
        self.commands[fresh.pid] = (command, folder)
        place = self.stack.services.index(process)
        self.stack.services[place] = psutil.Process(fresh.pid)

    def stop(self) -> None:
        self._over.set()
        self._keeper.join()
        for one in self.started:
            one.terminate()
        for one in self.started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.wait(20)


def _dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _signal(find: Callable[[], list[psutil.Process]], number: int) -> Callable[[], None]:
    def send() -> None:
        for one in find()[:1]:
            one.send_signal(number)

    return send


def _frozen(name: str, find: Callable[[], list[psutil.Process]], seconds: float) -> Fault:
    held: list[psutil.Process] = []

    def freeze() -> None:
        held[:] = find()[:1]
        for one in held:
            one.send_signal(signal.SIGSTOP)

    def thaw() -> None:
        for one in held:
            # Whoever watches over it may have ended it meanwhile, and rightly.
            with contextlib.suppress(psutil.NoSuchProcess):
                one.send_signal(signal.SIGCONT)

    return Fault(f"{name} frozen for {seconds:g} s", freeze, thaw, seconds)


def faults(parts: Parts, mail: MailServer, seconds: float) -> list[Fault]:
    def of(*words: str, main: bool) -> Callable[[], list[psutil.Process]]:
        return lambda: parts.children(*words, main=main)

    processes = {
        "gunicorn worker": of("gunicorn", main=False),
        "gunicorn master": of("gunicorn", main=True),
        "worker (critical)": of("celery", "critical@", main=True),
        "worker's child (critical)": of("celery", "critical@", main=False),
        "worker (bulk)": of("celery", "bulk@", main=True),
        "beat": of("celery", "beat", main=True),
    }
    services = {
        "cache Redis": "cache.sock",
        "durable Redis": "durable.sock",
        "MariaDB": "mariadbd",
    }
    processes |= {n: lambda word=word: parts.service(word) for n, word in services.items()}
    found = [
        Fault(f"{n} killed", _signal(f, signal.SIGKILL), seconds=2.0 if n in services else 0.0)
        for n, f in processes.items()
    ]
    found += [_frozen(name, find, seconds) for name, find in processes.items()]
    found.append(
        Fault(f"mail server silent for {seconds:g} s", mail.hole.set, mail.hole.clear, seconds)
    )
    if os.environ.get("ISME_DISK"):
        found.append(Disk(Path(os.environ["ISME_DISK"])).fault(seconds))
    only = os.environ.get("ISME_CHAOS_ONLY", "")
    return [fault for fault in found if only in fault.name]


# --- The run ---------------------------------------------------------------------------------------------


def _fine(stack: Stack, cookie: str) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=5)
    try:
        line.request("GET", "/dashboard/", headers={"Cookie": cookie, "Connection": "close"})
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _caught_up() -> bool:
    try:
        return overdue(LATE_SECONDS) == 0
    except Exception:
        return False  # the database is away


def _all_done() -> bool:
    """Whether the last jobs are begun within a minute: a lost bell is rung again after 30 s."""
    until = time.monotonic() + RECOVERY_SECONDS
    while not _caught_up():
        if time.monotonic() > until:
            return False
        time.sleep(1)
    return True


def _recovery(stack: Stack, cookie: str) -> float | None:
    """Seconds until five pages in a row are fine and no job is late; None: more than 60."""
    began = time.monotonic()
    row = 0
    while time.monotonic() - began < RECOVERY_SECONDS:
        row = row + 1 if _fine(stack, cookie) else 0
        if row >= FINE_IN_A_ROW and _caught_up():
            return time.monotonic() - began
        time.sleep(0.2)
    return None


def _outcomes(stack: Stack, crowd: Crowd, cookie: str, plan: list[Fault]) -> Iterator[Outcome]:
    time.sleep(crowd.pauses[1])  # until all are at work
    for fault in plan:
        crowd.answers.clear()
        print(f"  {fault.name} ...", end="", flush=True)
        fault.do()
        time.sleep(fault.seconds)
        fault.undo()
        recovered = _recovery(stack, cookie)
        time.sleep(crowd.pauses[1])  # what it did to those who come next counts as well
        said = "not within 60 s" if recovered is None else f"{recovered:.1f} s"
        print(f" fine again after {said}", flush=True)
        yield Outcome(fault.name, recovered, Counter(crowd.answers))


def _thread() -> int:
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", SEED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return next(int(line.split()[1]) for line in done.stdout.splitlines() if "thread" in line)


def chaos(stack: Stack, mail: MailServer, users: int, seconds: float) -> list[Section]:
    """Every fault once, with ``users`` at work; each freeze lasts ``seconds``. Raises Unexpected."""
    thread = _thread()
    cookies = people.sign_in(stack.port, range(READERS_FIRST, READERS_FIRST + users))
    parts = Parts(stack)
    pauses = (5.0, 10.0) if users >= 100 else (0.2, 0.8)
    try:
        with Crowd(stack, cookies, thread, pauses) as crowd:
            outcomes = list(_outcomes(stack, crowd, cookies[0], faults(parts, mail, seconds)))
        wrong = [*crowd.settle(), *wrong_counters()]
        wrong += [] if _all_done() else ["jobs are still late"]
        wrong += [f"{dead_jobs()} jobs gave up"] if dead_jobs() else []
    finally:
        parts.stop()
    wrong += [
        f"{o.name}: not fine after {RECOVERY_SECONDS} s" for o in outcomes if o.recovered is None
    ]
    return _sections(outcomes, crowd, users, wrong)


def _sections(
    outcomes: list[Outcome], crowd: Crowd, users: int, wrong: list[str]
) -> list[Section]:
    rows = []
    for one in outcomes:
        total = sum(one.answers.values())
        failed = sum(n for status, n in one.answers.items() if status == 0 or status >= 500)
        again = "more than 60" if one.recovered is None else f"{one.recovered:.1f}"
        told = one.answers[http.HTTPStatus.SERVICE_UNAVAILABLE]  # with the time to come again
        rows.append([one.name, again, f"{total:,}", f"{failed:,}", f"{failed - told:,}"])
    acknowledged = sum(status == 302 for _cookie, status in crowd.book.values())
    text = (
        f"{users} people at work, one in ten writing. The book: {len(crowd.book):,} replies sent, "
        f"{acknowledged:,} acknowledged in the end; "
        + ("nothing lost, nothing doubled, no job late or given up." if not wrong else "WRONG:")
    )
    head = ["fault", "fine again after s", "requests meanwhile", "failed", "without a 503"]
    found = [Section("Chaos", text, table(head, rows))]
    if wrong:
        found.append(Section(WRONG, "\n".join(f"* {one}" for one in wrong), ""))
    return found
