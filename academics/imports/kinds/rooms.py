"""Rooms, found by their code."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from academics.imports.cells import Code, Text, Whole
from academics.imports.kind import Column, Context, Draft, Kind, earlier_of, news_of, targets_of
from academics.imports.related import hanging_on
from academics.models import Room

FIELDS = ("name", "building", "capacity", "note")


class Rooms(Kind):
    name = "room"
    title = _("Rooms")
    what = _("rooms")
    key = ("code",)
    address = "/rooms/"
    columns = (
        Column(
            "code",
            _("Room code"),
            Code(20),
            aliases=("id_ruangan", "kode ruangan", "kode", "room"),
            required=True,
            hint=_("Letters, digits and dashes. Rows with a known code change that room."),
            example="R-201",
        ),
        Column(
            "name",
            _("Name"),
            Text(100),
            aliases=("nama", "nama ruangan"),
            required=True,
            example="Ruang Tutorial 1",
        ),
        Column(
            "capacity",
            _("Capacity"),
            Whole(1, 10_000),
            aliases=("kapasitas",),
            required=True,
            hint=_("Persons, 1 or more."),
            example="14",
        ),
        Column(
            "building",
            _("Building"),
            Text(100),
            aliases=("gedung",),
            clearable=True,
            example="Gedung B",
        ),
        Column(
            "note",
            _("Note"),
            Text(200),
            aliases=("keterangan", "catatan", "ket"),
            clearable=True,
        ),
    )

    def look_up(self, drafts: Sequence[Draft], context: Context) -> None:
        codes = [d.values["code"] for d in drafts if d.is_good("code")]
        rooms = {room.code: room for room in Room.objects.filter(code__in=codes)}
        for draft in drafts:
            room = rooms.get(str(draft.values.get("code")))
            if room is not None:
                draft.target, draft.before = room.pk, _values(room)

    def lock(self, targets: Sequence[int], context: Context) -> None:
        list(Room.objects.select_for_update().filter(pk__in=targets).order_by("pk"))

    def create(self, drafts: Sequence[Draft], context: Context) -> list[int]:
        rooms = [
            Room(code=str(d.values["code"]), **{f: d.values.get(f) or "" for f in FIELDS})
            for d in drafts
        ]
        Room.objects.bulk_create(rooms)
        codes = [room.code for room in rooms]
        keys = dict(Room.objects.filter(code__in=codes).values_list("code", "pk"))
        return [keys[code] for code in codes]

    def update(self, drafts: Sequence[Draft], context: Context) -> None:
        for pk, fields in news_of(drafts).items():
            Room.objects.filter(pk=pk).update(version=F("version") + 1, **fields)

    def current(self, drafts: Sequence[Draft], context: Context) -> dict[int, dict[str, Any]]:
        rooms = Room.objects.filter(pk__in=targets_of(drafts))
        return {room.pk: _values(room) for room in rooms}

    def hanging(self, targets: Sequence[int]) -> dict[str, int]:
        return hanging_on(Room, targets)

    def remove(self, drafts: Sequence[Draft], context: Context) -> None:
        Room.objects.filter(pk__in=targets_of(drafts)).delete()

    def restore(self, drafts: Sequence[Draft], context: Context) -> None:
        for pk, fields in earlier_of(drafts).items():
            Room.objects.filter(pk=pk).update(version=F("version") + 1, **fields)


def _values(room: Room) -> dict[str, Any]:
    return {"code": room.code, **{field: getattr(room, field) for field in FIELDS}}
