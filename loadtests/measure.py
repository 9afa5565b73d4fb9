"""The measuring part of loadtests/run, which has started the databases."""

import os
import signal
import sys

from loadtests import report
from loadtests.backup import prove
from loadtests.chaos import MailServer, chaos
from loadtests.days import days
from loadtests.forum import forum
from loadtests.journeys import journeys
from loadtests.laptop import laptop
from loadtests.people import Unexpected
from loadtests.report import WRONG, Section
from loadtests.saturation import Plan, await_quiet, saturation, timings
from loadtests.soak import soak
from loadtests.stack import running
from loadtests.storm import storm

SERIOUS = 100  # people; fewer only show that it works
ALL_PARTS = "web.conf workers.conf beat.conf"


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


def measure(profile: str) -> list[Section]:
    people_only = {
        "storm": _storm,
        "mix": _days,
        "chaos": _chaos,
        "soak": _soak,
        "backup": _backup,
    }
    if profile in people_only:
        return people_only[profile]()
    short = profile == "smoke"
    sections = _production(profile, short=short)
    if profile not in {"journeys", "forum"}:
        # The header costs something: never while anything is measured.
        with running("web.conf", {"SERVER_TIMING": "1"}) as stack:
            sections.append(timings(stack))
    if profile in {"smoke", "readme"}:
        sections += laptop(runs=1 if short else 3)
    return sections


def _production(profile: str, *, short: bool) -> list[Section]:
    sections: list[Section] = []
    with running(ALL_PARTS) as stack:
        if not short:
            await_quiet()
        if profile == "forum":
            plan = Plan(_number("ISME_LOAD_SECONDS", 5), runs=3, warm_up=2)
            return forum(stack, plan)
        if profile != "journeys":
            seconds = _number("ISME_LOAD_SECONDS", 2 if short else 5)
            plan = Plan(seconds, runs=1 if short else 3, warm_up=2)
            sections += saturation(stack, plan)
        if profile != "saturation":
            users = int(_number("ISME_LOAD_USERS", 50 if short else 1000))
            seconds = _number("ISME_LOAD_JOURNEY_SECONDS", 15 if short else 120)
            sections += journeys(stack, users, seconds)
    return sections


def _storm() -> list[Section]:
    with running(ALL_PARTS) as stack:
        await_quiet()
        number = int(_number("ISME_LOAD_USERS", 1000))
        return storm(stack, number, _number("ISME_LOAD_SECONDS", 60))


def _days() -> list[Section]:
    """ISME_LOAD_USERS may name several numbers: each is a day of its own, one after the other."""
    numbers = [
        int(word) for word in (os.environ.get("ISME_LOAD_USERS") or "100 500 1000 3000").split()
    ]
    with running(ALL_PARTS) as stack:
        if max(numbers) >= SERIOUS:
            await_quiet()
        return days(stack, numbers, _number("ISME_LOAD_SECONDS", 120))


def _chaos() -> list[Section]:
    mail = MailServer()
    users = int(_number("ISME_LOAD_USERS", 300))
    with running(ALL_PARTS, {"EMAIL_URL": mail.url}) as stack:
        return chaos(stack, mail, users, _number("ISME_CHAOS_SECONDS", 10))


def _soak() -> list[Section]:
    with running(ALL_PARTS) as stack:
        users = int(_number("ISME_LOAD_USERS", 100))
        return soak(stack, users, _number("ISME_LOAD_SECONDS", 1800))


def _backup() -> list[Section]:
    return prove(_number("ISME_BACKUP_MB", 1024))


def _leave(number: int, frame: object) -> None:
    sys.exit(128 + number)


def main() -> None:
    signal.signal(signal.SIGTERM, _leave)
    profile = sys.argv[1]
    try:
        sections = measure(profile)
        report.write(profile, sections)
    except Unexpected as error:
        sys.exit(f"loadtests/run: not measured: {error}")
    if any(section.title == WRONG for section in sections):
        sys.exit("loadtests/run: the promises were not kept; what went wrong stands above.")


if __name__ == "__main__":
    main()
