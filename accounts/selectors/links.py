"""The batches of mailed password links of a maker, and what became of each person's."""

from django.db.models import Count, Q, QuerySet

from accounts.choices import IdentifierKind, LinkState
from accounts.models import Identifier, LinkBatch, LinkDelivery, MailedLink, User

SHOWN = 20
REFUSED_ORDERS = {
    "newest": ("-refused_at", "-pk"),
    "oldest": ("refused_at", "pk"),
    "name": ("user__name", "pk"),
    "-name": ("-user__name", "-pk"),
}
ORDERS = {"name": ("user__name", "pk"), "-name": ("-user__name", "-pk")}


def batches_of(maker: User) -> "QuerySet[LinkBatch]":
    """The newest, with ``total``, ``waiting`` and ``arrived`` people. One query."""
    return (
        LinkBatch.objects.filter(maker_id=maker.pk)
        .annotate(
            total=Count("deliveries"),
            waiting=Count("deliveries", filter=Q(deliveries__state=LinkState.WAITING)),
            arrived=Count("deliveries", filter=Q(deliveries__sent_at__isnull=False)),
        )
        .order_by("-pk")[:SHOWN]
    )


def batch_of(maker: User, pk: int) -> LinkBatch | None:
    """One query; None for another's."""
    return LinkBatch.objects.filter(pk=pk, maker_id=maker.pk).first()


def counts(batch: LinkBatch) -> dict[str, int]:
    """How many people are in each state. One query."""
    rows = batch.deliveries.order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def deliveries(batch: LinkBatch, state: str) -> "QuerySet[LinkDelivery]":
    """Those in ``state`` ("": all), with the person and the link."""
    rows = batch.deliveries.select_related("user", "link")
    return rows.filter(state=state) if state else rows


def with_address(people: "QuerySet[User]") -> int:
    """How many of ``people`` have an e-mail address. One query."""
    rows = Identifier.objects.filter(kind=IdentifierKind.EMAIL, user__in=people.order_by())
    return rows.count()


def refused(q: str = "") -> "QuerySet[MailedLink]":
    """Links whose mail the server refused for good, of the last 30 days, with their people."""
    rows = MailedLink.objects.filter(refused_at__isnull=False).select_related("user")
    if q:
        rows = rows.filter(Q(user__name__icontains=q) | Q(address__icontains=q))
    return rows


def newest_if_refused(user_id: int) -> MailedLink | None:
    """The newest link of somebody, if its mail was refused for good. One query."""
    link = MailedLink.objects.filter(user_id=user_id).order_by("-pk").first()
    return link if link is not None and link.refused_at else None
