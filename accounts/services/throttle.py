"""Who may try a password now (F4). The rules are here; isme.lib.limits counts.

Only failures count. A browser that signed in to the account before has a bucket of its own, so
nobody can lock an owner out; everybody else shares the account's, and their address's.
"""

import hashlib
import ipaddress
import secrets
import time

from django.core import signing

from accounts.canonical import canonical
from accounts.choices import Place
from accounts.errors import SignInCrowded, SignInHeld
from accounts.services.visit import Visit
from isme.lib import audit, limits
from isme.lib.audit import Origin
from isme.lib.limit_rules import Backoff, Crowded, Held, Rule, Spread, Surge, Window
from isme.lib.limits import Attempt

MINUTE = 60
DAY = 24 * 60 * MINUTE
IPV6_NETWORK = 64
TICKET_WAIT_SECONDS = 10
TICKET_SECONDS = 10 * MINUTE
TICKET_SALT = "accounts.ticket"


def begin(user_id: int | None, login: str, visit: Visit) -> Attempt:
    """Note an attempt, as failed until it is settled. Raises SignInHeld, SignInCrowded."""
    subject = subject_of(user_id, login)
    number, age = _read_ticket(visit.ticket, subject)
    ripe = number if age >= TICKET_WAIT_SECONDS else ""
    try:
        return limits.attempt(subject, _rules(subject, user_id, visit), ripe)
    except Crowded as crowd:
        if number and not ripe:
            raise SignInCrowded(TICKET_WAIT_SECONDS - age, visit.ticket) from crowd
        if number and crowd.seconds:  # ripe, but others are first
            raise SignInCrowded(crowd.seconds, visit.ticket) from crowd
        raise SignInCrowded(TICKET_WAIT_SECONDS, _new_ticket(subject)) from crowd
    except Held as held:
        raise SignInHeld(held.seconds) from held


def begin_confirmation(user_id: int) -> Attempt:
    """Note an attempt to prove again who is there. Raises SignInHeld.

    A count of its own: who holds a stolen session can't lock the owner out of the door.
    """
    subject = subject_of(user_id, "")
    try:
        return limits.attempt(subject, [Window(f"{subject}|confirm", 10, 15 * MINUTE)])
    except Held as held:
        raise SignInHeld(held.seconds) from held


def subject_of(user_id: int | None, login: str) -> str:
    """The account; of a name that has none, a digest of its one spelling (F5)."""
    if user_id is not None:
        return f"u{user_id}"
    return "n" + hashlib.sha256(canonical(login).encode()).hexdigest()[:32]


def lift(user_id: int) -> None:
    """Let the account try again at once. Raises RedisAway when Redis can't be told."""
    limits.lift(subject_of(user_id, ""))


def lift_by(*, user_id: int, by: int, origin: Origin) -> None:
    """Lift it and put on record who did; nothing held, nothing done. Raises RedisAway."""
    if subject_of(user_id, "") not in limits.held():
        return
    lift(user_id)
    audit.record("throttle.lifted", actor_id=by, subject=f"account:{user_id}", origin=origin)


def _rules(subject: str, user_id: int | None, visit: Visit) -> list[Rule]:
    device = dict(visit.known).get(user_id) if user_id is not None else None
    if device:
        return [Window(f"{subject}|device|{device}", 10, 15 * MINUTE)]
    network = network_of(visit.address)
    return [
        Window(f"{subject}|all", 10, 15 * MINUTE),
        Backoff(f"{subject}|row", free=5, first=30, most=15 * MINUTE, seconds=DAY),
        Window(f"{subject}|from|{network}", 10, 10 * MINUTE),
        Spread(f"from|{network}", subject, quick=visit.place == Place.CAMPUS),
        Surge("everywhere"),
    ]


def network_of(address: str) -> str:
    """The address; of IPv6 its /64, which is what one household gets."""
    if not address:
        return ""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip), IPV6_NETWORK), strict=False).network_address)
    return address


def _new_ticket(subject: str) -> str:
    facts = [secrets.token_hex(8), _digest(subject), int(time.time())]
    return signing.dumps(facts, salt=TICKET_SALT)


def _read_ticket(ticket: str, subject: str) -> tuple[str, int]:
    """Number and age in seconds; ("", 0) for none, a forged one, or one for another name."""
    try:
        number, digest, issued = signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return "", 0
    if digest != _digest(subject):
        return "", 0
    return number, int(time.time()) - issued


def _digest(subject: str) -> str:
    """So that the cookie doesn't tell whether the name has an account."""
    return hashlib.sha256(f"{TICKET_SALT}|{signing.Signer().sign(subject)}".encode()).hexdigest()
