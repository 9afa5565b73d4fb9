"""The forum's routes. Objects belong to a private thread of their owner."""

from accounts.models import User
from forum.models import Draft
from tests.forum import cast
from tests.permissions.rows import HIDDEN_POST, ROLES, SIGNED_IN

OFFICE = {
    "anonymous": 302,
    "student": 403,
    "lecturer": 403,
    "office": 200,
    "super_admin": 200,
}
NOT_MINE = {**dict.fromkeys(ROLES, 404), "anonymous": 302}
# Staff see every thread; others only their own private one.
OTHERS = {**NOT_MINE, "office": 200, "super_admin": 200}
REDIRECT = {**dict.fromkeys(ROLES, 302)}
OTHERS_REDIRECT = {**NOT_MINE, "office": 302, "super_admin": 302}
NOT_FOR_STAFF = {**NOT_MINE, "office": 403, "super_admin": 403}
NOBODY_MASKED = {**dict.fromkeys(ROLES, 403), "anonymous": 302}

TABLE = {
    "forum/": SIGNED_IN,
    "forum/mine/": SIGNED_IN,
    "forum/search/": SIGNED_IN,
    "forum/bookmarks/": SIGNED_IN,
    "forum/drafts/": SIGNED_IN,
    "forum/drafts/save/": HIDDEN_POST,
    "forum/preview/": HIDDEN_POST,
    "forum/people/": SIGNED_IN,
    "forum/reports/": OFFICE,
    "forum/categories/new/": OFFICE,
}


def _thread(owner_id: int) -> int:
    owner = User.objects.get(pk=owner_id)
    where = cast.category()
    return cast.thread(owner, where, is_private=True).pk


def _post(owner_id: int) -> int:
    owner = User.objects.get(pk=owner_id)
    made = cast.thread(owner, cast.category(), is_private=True)
    return cast.answer(owner, made).pk


def _closed(owner_id: int) -> str:
    return cast.category(student_access=0, lecturer_access=0).slug


def _draft(owner_id: int) -> int:
    place = cast.category()
    return Draft.objects.create(
        user_id=owner_id, place=f"c{place.pk}", category=place, body="x"
    ).pk


def at(route: str, make=_thread):
    return lambda owner_id: route % make(owner_id)


# Every POST-only route answers 405 to GET before it looks for its object.
POSTS = {
    "forum/drafts/<int:pk>/drop/": "forum/drafts/%s/drop/",
    "forum/drafts/<int:pk>/restore/": "forum/drafts/%s/restore/",
    "forum/reports/<int:pk>/handle/": "forum/reports/%s/handle/",
    "forum/reports/<int:pk>/reopen/": "forum/reports/%s/reopen/",
    "forum/t/<int:pk>/follow/": "forum/t/%s/follow/",
    "forum/t/<int:pk>/state/": "forum/t/%s/state/",
    "forum/t/<int:pk>/restore/": "forum/t/%s/restore/",
    "forum/t/<int:pk>/pin/": "forum/t/%s/pin/",
    "forum/t/<int:pk>/merge/": "forum/t/%s/merge/",
    "forum/t/<int:pk>/move/": "forum/t/%s/move/",
    **{
        f"forum/posts/<int:pk>/{act}/": f"forum/posts/%s/{act}/"
        for act in ("like", "bookmark", "delete", "hide", "show", "accept", "endorse")
    },
}
# A category that students and lecturers may not read; "own" means nothing here.
CLOSED = OTHERS
OBJECTS = {
    **{
        route: (at(path, _draft if "drafts" in path else _thread), HIDDEN_POST, HIDDEN_POST)
        for route, path in POSTS.items()
    },
    "forum/c/<slug:slug>/follow/": (at("forum/c/%s/follow/", _closed), HIDDEN_POST, HIDDEN_POST),
    "forum/c/<slug:slug>/": (at("forum/c/%s/", _closed), CLOSED, CLOSED),
    "forum/c/<slug:slug>/change/": (at("forum/c/%s/change/", _closed), CLOSED, CLOSED),
    "forum/c/<slug:slug>/new/": (at("forum/c/%s/new/", _closed), CLOSED, CLOSED),
    "forum/t/<int:pk>/": (at("forum/t/%s/"), SIGNED_IN, OTHERS),
    "forum/t/<int:pk>/unread/": (at("forum/t/%s/unread/"), REDIRECT, OTHERS_REDIRECT),
    "forum/t/<int:pk>/reply/": (at("forum/t/%s/reply/"), SIGNED_IN, OTHERS),
    "forum/t/<int:pk>/manage/": (at("forum/t/%s/manage/"), SIGNED_IN, OTHERS),
    "forum/t/<int:pk>/change/": (at("forum/t/%s/change/"), SIGNED_IN, OTHERS),
    "forum/t/<int:pk>/readers/": (at("forum/t/%s/readers/"), SIGNED_IN, OTHERS),
    "forum/posts/<int:pk>/": (at("forum/posts/%s/", _post), REDIRECT, OTHERS_REDIRECT),
    "forum/posts/<int:pk>/menu/": (at("forum/posts/%s/menu/", _post), SIGNED_IN, OTHERS),
    "forum/posts/<int:pk>/edit/": (at("forum/posts/%s/edit/", _post), SIGNED_IN, OTHERS),
    "forum/posts/<int:pk>/report/": (at("forum/posts/%s/report/", _post), SIGNED_IN, OTHERS),
    "forum/posts/<int:pk>/history/": (at("forum/posts/%s/history/", _post), SIGNED_IN, OTHERS),
    "forum/courses/<int:pk>/": (lambda owner_id: "forum/courses/999/", NOT_MINE, NOT_MINE),
    "forum/classes/<int:pk>/": (lambda owner_id: "forum/classes/999/", NOT_MINE, NOT_MINE),
    # Nothing to unmask: the post is not anonymous.
    "forum/posts/<int:pk>/unmask/": (
        at("forum/posts/%s/unmask/", _post),
        NOBODY_MASKED,
        NOT_FOR_STAFF,
    ),
}
