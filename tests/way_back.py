"""Whether a page says where it lies: else who was led into the middle begins anew at home."""

from django.http import HttpResponse

from isme.lib import navigation

# Pages that lie beside all others: a step that somebody takes before anything else, or one that
# is reached from every page.
BESIDE = frozenset(
    {
        "accounts/confirm/",
        "accounts/email/confirm/<str:token>/",
        "notifications/",
        "notifications/unsubscribe/<str:token>/",
        "search/",
    }
)


def is_lost(answer: HttpResponse, path: str, role: str) -> bool:
    """A page in the frame that stands in no menu and names no page above it, nor in its tabs."""
    if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
        return False
    html = answer.content.decode()
    if 'class="side"' not in html or 'class="crumbs"' in html:
        return False
    menu = {entry.path for entry in navigation.entries_for(role)}
    tabs = html.partition('class="tabs"')[2].partition("</nav>")[0]
    return path not in menu and not any(f'href="{one}"' in tabs for one in menu)
