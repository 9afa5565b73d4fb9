"""What the forum tells people, and the sets of people that it tells.

An audience is asked by the worker when it tells: who lost the right to read meanwhile, or muted
the thread, hears nothing.
"""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from academics.selectors import membership
from accounts.choices import Role
from forum.choices import Access, Follow
from forum.models import CategoryFollow, ForumCategory, Thread, ThreadAccess, ThreadReader
from forum.querysets import STAFF
from notifications import audiences, kinds
from notifications.choices import Importance, Topic

POST_LINK = "/forum/posts/%(post_id)s/"
QUOTED = _("“%(excerpt)s”")


def _named(values: kinds.Values) -> kinds.Values:
    """Who wrote, in the reader's language where it is a pseudonym."""
    return {**values, "who": values["who"] or f"{gettext('Anonymous')} {values['pseudonym']}"}


def _is_masked(values: kinds.Values) -> bool:
    return bool(values.get("pseudonym"))


KINDS = (
    kinds.Kind(
        name="forum.category",
        topic=Topic.FORUM,
        label=_("New forum categories"),
        title=_("New in the forum: %(category)s"),
        link="/forum/c/%(slug)s/",
        icon="chat",
        importance=Importance.LOW,
    ),
    kinds.Kind(
        name="forum.thread",
        topic=Topic.FORUM,
        label=_("New threads"),
        title=_("%(who)s opened “%(thread)s”"),
        present=_named,
        is_masked=_is_masked,
        body=QUOTED,
        link="/forum/t/%(thread_id)s/",
        icon="chat",
        importance=Importance.LOW,
    ),
    kinds.Kind(
        name="forum.thread_followed",
        topic=Topic.FORUM,
        label=_("New threads in categories that I follow"),
        title=_("%(who)s opened “%(thread)s”"),
        present=_named,
        is_masked=_is_masked,
        body=QUOTED,
        link="/forum/t/%(thread_id)s/",
        icon="chat",
    ),
    kinds.Kind(
        name="forum.reply",
        topic=Topic.FORUM,
        label=_("Replies in threads that I follow"),
        title=_("%(who)s replied in “%(thread)s”"),
        present=_named,
        is_masked=_is_masked,
        body=QUOTED,
        link=POST_LINK,
        icon="chat",
        grouped=ngettext_lazy(
            "%(count)d reply in “%(thread)s”", "%(count)d replies in “%(thread)s”", "count"
        ),
    ),
    kinds.Kind(
        name="forum.answer",
        topic=Topic.FORUM,
        label=_("Answers to my posts"),
        title=_("%(who)s answered you in “%(thread)s”"),
        present=_named,
        is_masked=_is_masked,
        body=QUOTED,
        link=POST_LINK,
        icon="chat",
    ),
    kinds.Kind(
        name="forum.mention",
        topic=Topic.FORUM,
        label=_("Mentions of me"),
        title=_("%(who)s mentioned you in “%(thread)s”"),
        present=_named,
        is_masked=_is_masked,
        body=QUOTED,
        link=POST_LINK,
        icon="chat",
    ),
    kinds.Kind(
        name="forum.accepted",
        topic=Topic.FORUM,
        label=_("My reply became the answer"),
        title=_("Your reply is the answer in “%(thread)s”"),
        is_masked=_is_masked,
        link=POST_LINK,
        icon="check",
    ),
)


def register() -> None:
    for kind in KINDS:
        kinds.register(kind)
    audiences.register("forum.category_readers", _category_readers)
    audiences.register("forum.readers", _readers)
    audiences.register("forum.followers", _followers)
    audiences.register("forum.category_followers", _category_followers)
    audiences.register("forum.some", _some)


def category_readers(category: ForumCategory) -> Q:
    """Who may read the category."""
    if not category.is_active:
        return Q(role__in=STAFF)
    roles = []
    if category.student_access >= Access.READ:
        roles.append(Role.STUDENT)
    if category.lecturer_access >= Access.READ:
        roles.append(Role.LECTURER)
    members = Q(role__in=roles)
    if category.offering_id:
        members &= Q(pk__in=membership.offering_member_ids(category.offering_id))
    if category.course_class_id:
        members &= Q(pk__in=membership.class_member_ids(category.course_class_id))
    return Q(role__in=STAFF) | members


def thread_readers(thread_id: int) -> Q:
    """Who may read the thread and did not mute it; nobody for one that is gone."""
    thread = Thread.objects.select_related("category").filter(pk=thread_id).first()
    if thread is None or thread.state == "deleted":
        return Q(pk__in=[])
    may = category_readers(thread.category)
    if thread.is_private:
        allowed = ThreadAccess.objects.filter(thread_id=thread_id).values("user_id")
        may &= Q(pk=thread.author_id) | Q(pk__in=allowed) | Q(role__in=STAFF)
    muted = ThreadReader.objects.filter(thread_id=thread_id, follow=Follow.MUTED)
    return may & ~Q(pk__in=muted.values("user_id"))


def _category_readers(category_id: int) -> Q:
    category = ForumCategory.objects.filter(pk=category_id).first()
    return category_readers(category) if category else Q(pk__in=[])


def _readers(thread_id: int, but: Sequence[int]) -> Q:
    """All who may read, for news of a thread; those who follow its category hear it elsewise.

    A private thread is no news for staff who were not let in.
    """
    thread = Thread.objects.filter(pk=thread_id).first()
    if thread is None:
        return Q(pk__in=[])
    may = thread_readers(thread_id)
    if thread.is_private:
        may &= Q(pk__in=ThreadAccess.objects.filter(thread_id=thread_id).values("user_id"))
    follows = CategoryFollow.objects.filter(category_id=thread.category_id).values("user_id")
    return may & ~Q(pk__in=follows) & ~Q(pk__in=list(but))


def _category_followers(thread_id: int, but: Sequence[int]) -> Q:
    category = Thread.objects.filter(pk=thread_id).values("category_id")
    follows = CategoryFollow.objects.filter(category_id__in=category).values("user_id")
    return thread_readers(thread_id) & Q(pk__in=follows) & ~Q(pk__in=list(but))


def _followers(thread_id: int, but: Sequence[int]) -> Q:
    following = ThreadReader.objects.filter(thread_id=thread_id, follow=Follow.FOLLOWING)
    return thread_readers(thread_id) & Q(pk__in=following.values("user_id")) & ~Q(pk__in=list(but))


def _some(thread_id: int, ids: Sequence[int]) -> Q:
    return thread_readers(thread_id) & Q(pk__in=list(ids))
