from academics.choices import TeachingKind, TermKind
from academics.models import Class, CourseOffering, GroupingRun, Material, PromotionRun
from accounts.models import StudentProfile, User
from isme.lib.models import StoredFile
from tests.factories import academics as make
from tests.permissions.rows import HIDDEN_POST, NOBODYS, ROLES, SIGNED_IN

STAFF = {**dict.fromkeys(ROLES, 403), "anonymous": 302, "office": 200, "super_admin": 200}
STAFF_REDIRECT = {**STAFF, "office": 302, "super_admin": 302}
STAFF_NOTHING = {**STAFF, "office": 404, "super_admin": 404}
# Staff see all; others what is theirs.
THEIRS = {**NOBODYS, "office": 200, "super_admin": 200}

TABLE = {
    "courses/": SIGNED_IN,
    "courses/new/": STAFF,
    "classes/": SIGNED_IN,
    "classes/new/": STAFF_NOTHING,  # without an offering there is nothing to add to
    "groups/": SIGNED_IN,
    "groups/new/": STAFF,
    "groups/without/": STAFF,
    "expertise/": STAFF,
    "expertise/new/": STAFF,
    "rooms/": SIGNED_IN,
    "rooms/new/": STAFF,
    "terms/": STAFF,
    "terms/new/": STAFF,
    "veterans/": STAFF,
    "veterans/new/": STAFF,
}


def offering_of(owner_id: int) -> int:
    """An offering that the owner coordinates, if they are a lecturer."""
    offering = make.CourseOfferingFactory()
    owner = User.objects.get(pk=owner_id)
    if owner.role == "lecturer":
        lecturer = make.LecturerFactory(user=owner)
        make.TeachingRoleFactory(
            offering=offering, lecturer=lecturer, kind=TeachingKind.COORDINATOR
        )
    return offering.pk


def class_of(owner_id: int) -> int:
    """A class that the owner sits in, or whose course they teach."""
    owner = User.objects.get(pk=owner_id)
    row = make.ClassFactory(offering=CourseOffering.objects.get(pk=offering_of(owner_id)))
    if owner.role == "student":
        make.ClassMemberFactory(course_class=row, student=make.StudentFactory(user=owner))
    return row.pk


def group_of(owner_id: int) -> int:
    owner = User.objects.get(pk=owner_id)
    group = make.LargeGroupFactory(number=owner_id % 999 + 1)
    if owner.role == "student":
        student = StudentProfile.objects.filter(pk=owner_id).first() or make.StudentFactory(
            user=owner
        )
        make.GroupMemberFactory(group=group, student=student)
    return group.pk


def material_of(owner_id: int) -> int:
    file = StoredFile.objects.create(
        kind="academics.material",
        owner_id=owner_id,
        path=f"x{StoredFile.objects.count()}",
        name="a.pdf",
        content_type="application/pdf",
        size=1,
    )
    return Material.objects.create(
        offering_id=offering_of(owner_id), title="A", file=file, added_by_id=owner_id
    ).pk


def promotion_of(owner_id: int) -> int:
    first = make.TermFactory(year=make.AcademicYearFactory(first_year=2000 + owner_id % 90))
    second = make.TermFactory(year=first.year, kind=TermKind.EVEN)
    return PromotionRun.objects.create(from_term=first, to_term=second, made_by_id=owner_id).pk


def dealing_of(owner_id: int) -> int:
    return GroupingRun.objects.create(
        large_group_id=group_of(owner_id), seed=1, groups=1, made_by_id=owner_id
    ).pk


def course_path(_owner_id: int) -> str:
    return f"courses/{make.CourseFactory().code}/"


def at(pattern, make_pk):
    return lambda owner_id: pattern.format(make_pk(owner_id))


def room_of(_owner_id: int) -> int:
    return make.RoomFactory().pk


def term_of(_owner_id: int) -> int:
    return make.TermFactory().pk


def short_term_of(_owner_id: int) -> int:
    return make.TermFactory(kind=TermKind.SHORT).pk


def year_of(_owner_id: int) -> int:
    return make.AcademicYearFactory().pk


def expertise_of(_owner_id: int) -> int:
    return make.ExpertiseFactory().pk


def lecturer_of(_owner_id: int) -> int:
    return make.LecturerFactory().pk


def veteran_of(_owner_id: int) -> int:
    return make.VeteranFactory().pk


def role_of(_owner_id: int) -> int:
    return make.TeachingRoleFactory().pk


def module_of(_owner_id: int) -> int:
    return make.ModuleFactory().pk


def stream_path(owner_id: int) -> str:
    """The activity of a course that the owner takes or teaches."""
    offering = Class.objects.get(pk=class_of(owner_id)).offering
    return f"courses/{offering.course.code}/activity/"


COORDINATOR = {**STAFF, "lecturer": 200}  # a lecturer of the course; staff always
OWN = {**THEIRS, "student": 200, "lecturer": 200}
GROUP = {**THEIRS, "lecturer": 200}
STAFF_FIELDS = {
    "courses/<str:code>/edit/": lambda owner: course_path(owner) + "edit/",
    "courses/<str:code>/delete/": lambda owner: course_path(owner) + "delete/",
    "courses/<str:code>/open/": lambda owner: course_path(owner) + "open/",
    "offerings/<int:pk>/edit/": at("offerings/{}/edit/", offering_of),
    "offerings/<int:pk>/delete/": at("offerings/{}/delete/", offering_of),
    "offerings/<int:pk>/roles/new/": at("offerings/{}/roles/new/", offering_of),
    "offerings/<int:pk>/modules/new/": at("offerings/{}/modules/new/", offering_of),
    "roles/<int:pk>/delete/": at("roles/{}/delete/", role_of),
    "modules/<int:pk>/delete/": at("modules/{}/delete/", module_of),
    "classes/<int:pk>/edit/": at("classes/{}/edit/", class_of),
    "classes/<int:pk>/delete/": at("classes/{}/delete/", class_of),
    "groups/<int:pk>/edit/": at("groups/{}/edit/", group_of),
    "groups/<int:pk>/delete/": at("groups/{}/delete/", group_of),
    "groups/<int:pk>/deal/": at("groups/{}/deal/", group_of),
    "expertise/<int:pk>/": at("expertise/{}/", expertise_of),
    "expertise/<int:pk>/edit/": at("expertise/{}/edit/", expertise_of),
    "expertise/<int:pk>/merge/": at("expertise/{}/merge/", expertise_of),
    "expertise/<int:pk>/delete/": at("expertise/{}/delete/", expertise_of),
    "lecturers/<int:pk>/expertise/": at("lecturers/{}/expertise/", lecturer_of),
    "veterans/<int:pk>/": at("veterans/{}/", veteran_of),
    "rooms/<int:pk>/edit/": at("rooms/{}/edit/", room_of),
    "rooms/<int:pk>/delete/": at("rooms/{}/delete/", room_of),
    "terms/<int:pk>/edit/": at("terms/{}/edit/", term_of),
    "terms/<int:pk>/delete/": at("terms/{}/delete/", short_term_of),
    "terms/years/<int:pk>/delete/": at("terms/years/{}/delete/", year_of),
    "terms/<int:pk>/activate/": at("terms/{}/activate/", term_of),
    "terms/<int:pk>/courses/": at("terms/{}/courses/", term_of),
}
POSTS = {
    "classes/<int:pk>/add/": at("classes/{}/add/", class_of),
    "classes/<int:pk>/remove/<int:student_id>/": at("classes/{}/remove/1/", class_of),
    "groups/<int:pk>/add/": at("groups/{}/add/", group_of),
    "groups/<int:pk>/classes/": at("groups/{}/classes/", group_of),
    "groups/<int:pk>/move/": at("groups/{}/move/", group_of),
    "groups/<int:pk>/move/undo/": at("groups/{}/move/undo/", group_of),
    "groups/<int:pk>/lock/": at("groups/{}/lock/", group_of),
    "groups/dealings/<int:pk>/undo/": at("groups/dealings/{}/undo/", dealing_of),
    "veterans/<int:pk>/remove/": at("veterans/{}/remove/", lambda owner: owner),
    "terms/<int:pk>/short/": at("terms/{}/short/", term_of),
    "terms/promotions/<int:pk>/revert/": at("terms/promotions/{}/revert/", promotion_of),
}
OBJECTS = {
    **{route: (path, STAFF, STAFF) for route, path in STAFF_FIELDS.items()},
    **{route: (path, HIDDEN_POST, HIDDEN_POST) for route, path in POSTS.items()},
    "courses/<str:code>/": (course_path, SIGNED_IN, SIGNED_IN),
    "courses/<str:code>/activity/": (stream_path, OWN, THEIRS),
    "classes/<int:pk>/": (at("classes/{}/", class_of), OWN, THEIRS),
    "groups/<int:pk>/": (at("groups/{}/", group_of), {**GROUP, "student": 200}, GROUP),
    "offerings/<int:pk>/syllabus/": (
        at("offerings/{}/syllabus/", offering_of),
        COORDINATOR,
        STAFF,
    ),
    "offerings/<int:pk>/materials/new/": (
        at("offerings/{}/materials/new/", offering_of),
        COORDINATOR,
        STAFF,
    ),
    "materials/<int:pk>/delete/": (
        at("materials/{}/delete/", material_of),
        COORDINATOR,
        STAFF,
    ),
    # Without an active term there is nothing to promote from.
    "terms/<int:pk>/promote/": (at("terms/{}/promote/", term_of), STAFF_REDIRECT, STAFF_REDIRECT),
}
