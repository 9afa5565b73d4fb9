"""People as somebody types them: by username, or by a name that only one of them has."""

from dataclasses import dataclass, field

from accounts.models import User

MOST_SEARCHED, MOST_CHOICES = 10, 5


@dataclass
class Named:
    """Whom a list of names means, and the names that mean nobody or several.

    ``unclear`` has "full name (username)" of each who may be meant: what ``/forum/people/``
    tells everybody who writes.
    """

    pks: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unclear: dict[str, list[str]] = field(default_factory=dict)
    too_many: bool = False


def people_named(text: str, *, most: int) -> Named:
    """The active people of ``text``, with commas between; usernames may stand without.

    One query, and one for each part that is no username (10 at most, the others are missing).
    """
    parts = [" ".join(part.split()) for part in text.split(",")]
    words = {part: [word.lstrip("@").lower() for word in part.split()] for part in parts if part}
    usernames = {word for found in words.values() for word in found}
    if len(usernames) > 3 * most:
        return Named(too_many=True)
    rows = User.objects.filter(username__in=usernames, is_active=True)
    known = dict(rows.values_list("username", "pk")) if usernames else {}
    named = Named()
    searched = 0
    for part, found in words.items():
        if all(word in known for word in found):
            named.pks += [known[word] for word in found]
        elif searched == MOST_SEARCHED:
            named.missing.append(part)
        else:
            searched += 1
            _search(part, named)
    named.pks = list(dict.fromkeys(named.pks))
    named.too_many = len(named.pks) > most
    return named


def _search(part: str, named: Named) -> None:
    rows = User.objects.filter(name__icontains=part, is_active=True).order_by("name", "pk")
    found = list(rows.values_list("pk", "username", "name")[: MOST_CHOICES + 1])
    if not found:
        named.missing.append(part)
    elif len(found) == 1:
        named.pks.append(found[0][0])
    else:
        choices = [f"{name} ({username})" for _pk, username, name in found[:MOST_CHOICES]]
        named.unclear[part] = choices + ["…"] * (len(found) > MOST_CHOICES)
