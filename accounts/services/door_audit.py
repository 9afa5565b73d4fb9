"""What happens at the front door, for the audit trail: who came in, who failed, who must wait.

An unknown name is recorded like a known one, by a digest: the work of a refusal must not tell
whether a name exists, and what was typed there may be a password.
"""

import threading
import time

from accounts.services.visit import Visit
from isme.lib import audit
from isme.lib.audit import Origin
from isme.lib.metrics import SIGN_INS
from isme.lib.redis import RedisAway, durable

HELD_SECONDS = 15 * 60
MOST_REMEMBERED = 1000


def signed_in(user_id: int, visit: Visit) -> None:
    SIGN_INS.labels("signed in").inc()
    _record("sign_in.succeeded", f"u{user_id}", visit, actor_id=user_id)


def refused(subject: str, visit: Visit) -> None:
    """``subject`` is that of services.throttle: nobody is known to have done it."""
    SIGN_INS.labels("refused").inc()
    _record("sign_in.refused", subject, visit)


def code_refused(user_id: int, visit: Visit) -> None:
    """The password was right and the code after it wrong: somebody may have the password."""
    SIGN_INS.labels("code refused").inc()
    _record("sign_in.code_refused", f"u{user_id}", visit)


def held(subject: str, visit: Visit) -> None:
    """Once in 15 minutes for each name: whoever is refused can ask again without end."""
    SIGN_INS.labels("held").inc()
    if _is_first(subject):
        _record("sign_in.throttled", subject, visit)


def busy() -> None:
    """No place to hash a password now: counted only, the browser comes again by itself."""
    SIGN_INS.labels("busy").inc()


def _record(verb: str, subject: str, visit: Visit, actor_id: int | None = None) -> None:
    about = f"account:{subject[1:]}" if subject[0] == "u" else f"name:{subject[1:]}"
    origin = Origin(address=visit.address, device=visit.device)
    audit.record(verb, actor_id=actor_id, subject=about, origin=origin)


_remembered: dict[str, float] = {}
_lock = threading.Lock()


def _is_first(subject: str) -> bool:
    """Whether ``subject`` was not noted lately: one exchange; without Redis, in this process."""
    try:
        key = f"audit:held:{subject}"
        return bool(durable.ask(lambda client: client.set(key, 1, nx=True, ex=HELD_SECONDS)))
    except RedisAway:
        now = time.monotonic()
        with _lock:
            if now < _remembered.get(subject, 0):
                return False
            if len(_remembered) >= MOST_REMEMBERED:
                _remembered.clear()
            _remembered[subject] = now + HELD_SECONDS
        return True
