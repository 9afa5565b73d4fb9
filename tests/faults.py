"""ISME's web process, with points at which a test can hold it, to freeze or kill something there.

A point holds while its file ``hold-<point>`` exists in ISME_FAULTS; ``at-<point>`` then has the
process's number.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from isme.wsgi import application as isme  # sets Django up for what follows

# isort: split
from accounts.services.accounts import change_account
from accounts.session import reader, writer
from isme.lib import outage, writes
from isme.lib.redis import durable, evictable

FOLDER = Path(os.environ["ISME_FAULTS"])


def hold(point: str) -> None:
    gate = FOLDER / f"hold-{point}"
    if not gate.exists():
        return
    draft = FOLDER / f"draft-{point}"
    draft.write_text(str(os.getpid()))
    draft.rename(FOLDER / f"at-{point}")
    while gate.exists():
        time.sleep(0.005)


def held_before(point: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        hold(point)
        return function(*args, **kwargs)

    return run


def held_after(point: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        answer = function(*args, **kwargs)
        hold(point)
        return answer

    return run


writer.bury = held_before("bury", writer.bury)
writer.unbury = held_before("unbury", writer.unbury)
writes.update = held_after("commit", writes.update)
reader.store = held_before("store", reader.store)


def reset(_fields: dict[str, str]) -> None:
    for breaker in (evictable.breaker, durable.breaker, outage.database_breaker):
        breaker.reset()


def change(fields: dict[str, str]) -> None:
    """What the office does to an account."""
    user_id = int(fields.pop("user_id"))
    del fields["csrfmiddlewaretoken"]
    active = {"is_active": fields.pop("is_active") == "1"} if "is_active" in fields else {}
    change_account(user_id=user_id, changes={**fields, **active})


FAULTS = {"/faults/reset/": reset, "/faults/change/": change}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    fault = FAULTS.get(environ["PATH_INFO"])
    if fault is None:
        return isme(environ, start_response)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    fault({name: values[0] for name, values in parse_qs(body).items()})
    start_response("204 No Content", [])
    return []
