"""How I want to be told."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import Request
from isme.lib.http import device_of
from notifications import channels
from notifications.channels import email, push, whatsapp
from notifications.choices import Channel
from notifications.errors import NotificationsError, UnknownKind
from notifications.forms.preferences import WaysForm, choices_of
from notifications.kinds import kind_named
from notifications.selectors import preferences as selectors
from notifications.services import deliver
from notifications.services import preferences as services

PAGE = "/notifications/preferences/"
MOST_ENDPOINT, MOST_KEY = 1000, 120
MOST_HOOK_BYTES = 10_000


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Request) -> HttpResponse:
    form = WaysForm(request.POST or None, instance=selectors.ways_of(request.user.pk))
    if request.method != "POST":
        return _page(request, form, HTTPStatus.OK)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    services.save(
        person_id=request.user.pk, ways=form.cleaned_data, choices=choices_of(request.POST)
    )
    messages.success(request, _("Your choice is saved."))
    return HttpResponseRedirect(PAGE)


def _page(request: Request, form: WaysForm, status: HTTPStatus) -> HttpResponse:
    chosen = choices_of(request.POST) if request.method == "POST" else None
    context = {
        "form": form,
        "groups": selectors.table(request.user, chosen),
        "offered": channels.offered(),
        "push_key": push.public_key(),
        "browsers": selectors.browsers_of(request.user.pk),
    }
    return render(request, "notifications/preferences.html", context, status=status)


@login_not_required
@csrf_exempt  # a mail program posts it by itself (RFC 8058); the token is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One tap in a mail: asked once by GET, which programs follow ahead; done by POST."""
    found = email.read_token(token)
    if found is None:
        raise Http404
    person_id, name = found
    try:
        kind = kind_named(name)
    except UnknownKind as error:
        raise Http404 from error
    done = request.method == "POST"
    if done:
        services.turn_off(person_id=person_id, kind=name, channel=Channel.EMAIL)
    context = {"kind": kind.label, "done": done}
    return render(request, "notifications/unsubscribe.html", context)


@require_POST
def push_add(request: Request) -> HttpResponse:
    """Let the browser that asks be told from now on."""
    endpoint = request.POST.get("endpoint", "")[:MOST_ENDPOINT]
    keys = {name: request.POST.get(name, "")[:MOST_KEY] for name in ("p256dh", "auth")}
    try:
        services.add_browser(
            person_id=request.user.pk, endpoint=endpoint, keys=keys, device=device_of(request)
        )
        messages.success(request, _("This browser will tell you."))
    except NotificationsError:
        messages.error(request, _("This browser could not be set up to tell you."))
    return HttpResponseRedirect(PAGE)


@require_POST
def push_remove(request: Request, pk: int) -> HttpResponse:
    if not services.remove_browser(person_id=request.user.pk, pk=pk):
        raise Http404
    messages.success(request, _("That browser won't tell you any more."))
    return HttpResponseRedirect(PAGE)


@login_not_required
@csrf_exempt  # the gateway signs what it says
@require_POST
def whatsapp_status(request: HttpRequest) -> HttpResponse:
    """What became of a message, by the gateway; unsigned, old or unreadable words are refused."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_HOOK_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    stamp = request.headers.get("X-Timestamp", "")
    if not whatsapp.is_signed(request.body, stamp, request.headers.get("X-Signature", "")):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    told = whatsapp.read_status(request.body)
    if told is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    deliver.gateway_told(remote_id=told[0], status=told[1])
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
