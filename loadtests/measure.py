"""The measuring part of loadtests/run, which has started the databases."""

import os
import signal
import sys

from loadtests import report
from loadtests.forum import forum
from loadtests.journeys import journeys
from loadtests.laptop import laptop
from loadtests.people import Unexpected
from loadtests.report import Section
from loadtests.saturation import Plan, await_quiet, saturation, timings
from loadtests.stack import running
from loadtests.storm import storm

ALL_PARTS = "web.conf workers.conf beat.conf"


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name) or default)


def measure(profile: str) -> list[Section]:
    if profile == "storm":
        return _storm()
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


def _leave(number: int, frame: object) -> None:
    sys.exit(128 + number)


def main() -> None:
    signal.signal(signal.SIGTERM, _leave)
    profile = sys.argv[1]
    try:
        report.write(profile, measure(profile))
    except Unexpected as error:
        sys.exit(f"loadtests/run: not measured: {error}")


if __name__ == "__main__":
    main()
