"""The rooms of the faculty: everybody finds them, the office keeps them."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academics import rules
from academics.forms.rooms import RoomFilterForm, RoomForm
from academics.models import Room
from academics.selectors import rooms as selectors
from academics.services import rows
from academics.views.deletion import delete_page
from academics.views.edit import FormPage, by, form_response, staff_only, submitted
from academics.views.lists import Context, List, asked, list_keys, shared_list
from accounts.http import Request
from accounts.middleware import hot_keys
from isme.lib.http import wants_fragment
from isme.lib.paging import positive
from isme.lib.sheets import Column

ROOMS = List(
    name="ruangan",
    heading=gettext_lazy("Rooms"),
    template="academics/_rooms.html",
    orders=selectors.ORDERS,
    columns=[
        Column(gettext_lazy("Code"), lambda room: room.code),
        Column(gettext_lazy("Name"), lambda room: room.name),
        Column(gettext_lazy("Building"), lambda room: room.building),
        Column(gettext_lazy("Capacity"), lambda room: room.capacity),
        Column(gettext_lazy("Note"), lambda room: room.note),
    ],
)


@require_safe
@hot_keys(list_keys)
def rooms(request: Request) -> HttpResponseBase:
    """The list: no query while it is kept; else 1, and 1 for the buildings and when long."""
    filters = asked(request, "q", "building", "capacity")
    wanted = min(positive(filters["capacity"], 0), 100_000)
    filters["capacity"] = str(wanted) if wanted else ""

    def context(_rows: Sequence[Room]) -> Context:
        manages = rules.can_manage(request.user)
        values: Context = {"can_manage": manages}
        if not wants_fragment(request):
            values["form"] = RoomFilterForm(buildings=selectors.buildings(), initial=filters)
        if manages:
            values |= {"new_address": reverse("academics:room_new"), "new_label": _("Add a room")}
        return values

    def rows() -> QuerySet[Room]:
        return selectors.rooms(**filters)

    return shared_list(request, ROOMS, rows, filters, context, part=())


def _page(heading: str, room: Room | None = None) -> FormPage:
    rooms_address = reverse("academics:rooms")
    extra: dict[str, object] = {}
    if room is not None:
        extra["delete_address"] = reverse("academics:room_delete", args=[room.pk])
    return FormPage(
        heading=heading,
        submit=_("Save the room"),
        cancel=rooms_address,
        done=_("The room is saved."),
        crumbs=[(_("Rooms"), rooms_address)],
        extra=extra,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def room_new(request: Request) -> HttpResponse:
    staff_only(request)
    page = _page(_("Add a room"))
    if request.method != "POST":
        return form_response(request, page, RoomForm())
    form = RoomForm(request.POST)

    def effect() -> str:
        rows.create(form.instance, by=by(request))
        return reverse("academics:rooms")

    return submitted(request, page, form, effect)


@require_http_methods(["GET", "HEAD", "POST"])
def room_edit(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    room = get_object_or_404(Room, pk=pk)
    page = _page(str(room), room)
    if request.method != "POST":
        return form_response(request, page, RoomForm(instance=room))
    form = RoomForm(request.POST, instance=room)

    def effect() -> str:
        rows.change(form.instance, version=form.seen_version, by=by(request))
        return reverse("academics:rooms")

    def again() -> RoomForm:
        return RoomForm(instance=Room.objects.get(pk=pk))

    return submitted(request, page, form, effect, again=again)


@require_http_methods(["GET", "HEAD", "POST"])
def room_delete(request: Request, pk: int) -> HttpResponse:
    staff_only(request)
    room = get_object_or_404(Room, pk=pk)
    back = reverse("academics:rooms")
    return delete_page(request, room, back=back, crumbs=[(_("Rooms"), back)])
