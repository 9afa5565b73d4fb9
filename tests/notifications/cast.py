"""Kinds of notices and shortcuts that the tests of this app share."""

from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.choices import Role
from accounts.models import User
from notifications import audiences, kinds
from notifications.choices import Importance, Topic
from notifications.models import Notice, Notification
from notifications.services import fan_out
from notifications.services.notify import notify

# The words are some that the catalogue has, so that both languages show.
PLAIN = kinds.register(
    kinds.Kind(
        name="tests.plain",
        topic=Topic.ANNOUNCEMENT,
        label=gettext_lazy("Notifications"),
        title="%(what)s",
        body="%(more)s",
        link="/dashboard/?n=%(what)s",
    )
)
REPLY = kinds.register(
    kinds.Kind(
        name="tests.reply",
        topic=Topic.FORUM,
        label="Replies",
        title="%(who)s replied",
        link="/dashboard/?post=%(post)d",
        importance=Importance.HIGH,
        grouped=ngettext_lazy(
            "%(count)d reply in %(where)s", "%(count)d replies in %(where)s", "count"
        ),
    )
)


def deliver(notice: Notice) -> None:
    """Do what the workers do, batch after batch."""
    while fan_out.tell_batch(notice_id=notice.pk, after=notice.cursor):
        notice.refresh_from_db()
    notice.refresh_from_db()


def tell(*people: User, what: str = "Hello", more: str = "", about: str = "") -> Notice:
    to = audiences.people(person.pk for person in people)
    notice = notify("tests.plain", recipients=to, about=about, by=None, what=what, more=more)
    deliver(notice)
    return notice


def reply(person: User, *, post: int, where: str = "Sepsis", thread: int = 1) -> Notice:
    notice = notify(
        "tests.reply",
        recipients=audiences.people([person.pk]),
        about=f"thread:{thread}",
        by=None,
        who="Tiara",
        post=post,
        where=where,
    )
    deliver(notice)
    return notice


def told(owner_id: int) -> Notification:
    """One notification of ``owner_id``."""
    notice = tell(User.objects.get(pk=owner_id))
    return Notification.objects.get(notice=notice)


def crowd(number: int, role: str = Role.STUDENT) -> list[User]:
    """Many accounts in one statement; nobody can sign in to them."""
    User.objects.bulk_create(
        User(username=f"c{role}{n:05}", name=f"Person {n}", role=role) for n in range(number)
    )
    return list(User.objects.filter(username__startswith=f"c{role}").order_by("pk"))
