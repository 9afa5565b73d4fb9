"""Notifications of the demo faculty: one for everybody, some hundreds for a few."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from isme.lib.hooks import DemoPlan
from notifications import audiences
from notifications.models import Notice, Notification
from notifications.notices import BROADCAST
from notifications.selectors import badge

WELCOME = (
    "Selamat datang di ISME",
    "Kabar tentang kuliah, kelompok, dan diskusi Anda akan muncul di sini.",
)
TEXTS = [
    ("Pengumuman libur", "Kampus tutup pada tanggal merah. Kuliah pengganti menyusul."),
    ("Seminar ilmiah", "Kuliah tamu tentang resistensi antibiotik, terbuka untuk semua."),
    ("Perpustakaan buka lebih lama", "Menjelang ujian blok, ruang baca buka sampai 21.00."),
    ("Pemeliharaan sistem", "ISME tidak dapat dibuka Sabtu 22.00 sampai 23.00 WIB."),
    ("Survei kepuasan", "Luangkan lima menit untuk menilai blok yang baru selesai."),
    ("Jas laboratorium", "Praktikum anatomi mensyaratkan jas laboratorium lengan panjang."),
    ("Beasiswa", "Pendaftaran beasiswa prestasi dibuka sampai akhir bulan."),
    ("Vaksinasi", "Vaksin hepatitis B untuk mahasiswa tingkat klinik, bawa kartu."),
]
MANY = 300
MANY_FOR = ("admin", "akademik", "dosen001", "mhs0001", "mhs0002")
DAYS_BACK = 90
UNREAD_OF_THE_NEWEST = 12
BATCH = 1000


def seed_notifications(plan: DemoPlan) -> None:
    """Write what is missing; a second run changes nothing."""
    now = timezone.now().replace(microsecond=0)
    _tell_everybody(now - timedelta(days=1))
    _tell_a_few(random.Random(plan.seed), now)  # noqa: S311 (a seed is wanted)


def _notice(key: str, text: tuple[str, str], at: datetime, to: audiences.Audience) -> Notice:
    return Notice(
        kind=BROADCAST.name,
        values={"title": text[0], "text": text[1], "link": ""},
        audience=list(to.parts),
        key=key,
        told_at=at + timedelta(days=1),
        created_at=at,
    )


def _row(notice: Notice, person_id: int, at: datetime, *, read: bool) -> Notification:
    return Notification(
        notice=notice,
        person_id=person_id,
        kind=notice.kind,
        created_at=at,
        read_at=at + timedelta(hours=3) if read else None,
    )


@transaction.atomic
def _tell_everybody(at: datetime) -> None:
    """New accounts of a larger demo are told too: the notice is theirs by the same key."""
    notice = Notice.objects.filter(key="demo:welcome").first()
    if notice is None:
        notice = _notice("demo:welcome", WELCOME, at, audiences.everyone())
        notice.save()
    waiting = User.objects.filter(is_demo=True).exclude(notifications__notice=notice)
    people = list(waiting.order_by("pk").values_list("pk", flat=True))
    Notification.objects.bulk_create(
        (_row(notice, pk, at, read=False) for pk in people), batch_size=BATCH
    )
    Notice.objects.filter(pk=notice.pk).update(
        created_at=at,
        expected=Notification.objects.filter(notice=notice).count(),
        told=Notification.objects.filter(notice=notice).count(),
    )
    badge.forget_after_commit(people)


@transaction.atomic
def _tell_a_few(chance: random.Random, now: datetime) -> None:
    few = list(User.objects.filter(username__in=MANY_FOR).order_by("pk"))
    if not few or Notice.objects.filter(key="demo:few:0").exists():
        return
    to = audiences.people(person.pk for person in few)
    minutes = sorted(chance.sample(range(60, DAYS_BACK * 24 * 60), MANY), reverse=True)
    times = [now - timedelta(minutes=ago) for ago in minutes]
    Notice.objects.bulk_create(
        _notice(f"demo:few:{n}", chance.choice(TEXTS), at, to) for n, at in enumerate(times)
    )
    made = {n.key: n for n in Notice.objects.filter(key__startswith="demo:few:")}
    Notice.objects.filter(key__startswith="demo:few:").update(expected=len(few), told=len(few))
    Notification.objects.bulk_create(
        (
            _row(made[f"demo:few:{n}"], person.pk, at, read=n < MANY - UNREAD_OF_THE_NEWEST)
            for n, at in enumerate(times)
            for person in few
        ),
        batch_size=BATCH,
    )
    badge.forget_after_commit(person.pk for person in few)
