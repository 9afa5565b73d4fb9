"""Who is told what happened to the faculty's structure: each in the transaction that does it.

One notice for each change, however many people and rows it has; the workers find the people.
"""

from collections.abc import Collection

from academics import notices
from academics.models import (
    Class,
    ImportJob,
    PromotionRun,
    StudentGroup,
    TeachingRole,
    Term,
)
from academics.services.rows import By
from accounts.choices import Role
from notifications import audiences
from notifications.services.notify import notify


def _of(term: Term) -> dict[str, str]:
    return {"term": term.kind, "year": term.year.label}


def import_done(job: ImportJob) -> None:
    """To who uploaded and who saved it. Nobody for a command."""
    _import(notices.IMPORT_DONE.name, job, new=job.rows_new, changed=job.rows_changed)


def import_undone(job: ImportJob) -> None:
    _import(notices.IMPORT_UNDONE.name, job)


def import_failed(job: ImportJob, why: str) -> None:
    """``why``: the key of notices.FAILED."""
    _import(notices.IMPORT_FAILED.name, job, why=why)


def _import(kind: str, job: ImportJob, **values: str | int) -> None:
    who = {job.made_by_id, job.committed_by_id, job.undone_by_id} - {None}
    if not who:
        return
    notify(
        kind,
        recipients=audiences.people(pk for pk in who if pk),
        about=f"import:{job.pk}",
        by=None,
        key=f"{kind}:{job.pk}:{job.run}",
        file=job.file_name,
        what=job.kind,
        import_id=job.pk,
        **values,
    )


def placed_in_group(group: StudentGroup, students: Collection[int], by: By) -> None:
    """To those who came into one group."""
    if students and by.tells:
        notify(
            notices.GROUP.name,
            recipients=audiences.people(students),
            about=notices.groups_of_term(group.term_id),
            by=by.user_id,
            group=f"{group.parent.name}: {group.name}" if group.parent else group.name,
            group_id=group.pk,
            **_of(group.term),
        )


def placed_in_class(row: Class, students: Collection[int], by: By) -> None:
    if students and by.tells:
        notify(
            notices.CLASS.name,
            recipients=audiences.people(students),
            about=notices.classes_of_term(row.offering.term_id),
            by=by.user_id,
            class_name=row.name,
            class_id=row.pk,
            course=row.offering.course.name,
            **_of(row.offering.term),
        )


def left_group(group: StudentGroup, students: Collection[int], by: By) -> None:
    """To those who have no place in the group, nor in one below it, any more."""
    if students and by.tells:
        notify(
            notices.GROUP_LEFT.name,
            recipients=audiences.people(students),
            about=notices.groups_of_term(group.term_id),
            by=by.user_id,
            group=f"{group.parent.name}: {group.name}" if group.parent else group.name,
            **_of(group.term),
        )


def left_class(row: Class, students: Collection[int], by: By) -> None:
    if students and by.tells:
        notify(
            notices.CLASS_LEFT.name,
            recipients=audiences.people(students),
            about=notices.classes_of_term(row.offering.term_id),
            by=by.user_id,
            class_name=row.name,
            course=row.offering.course.name,
            **_of(row.offering.term),
        )


def groups_changed(term: Term, students: Collection[int], *, by: int | None) -> None:
    """To those whose groups many changes at once, a dealing or a list, have changed."""
    _places_changed(notices.GROUPS.name, notices.groups_of_term(term.pk), term, students, by)


def classes_changed(term: Term, students: Collection[int], *, by: int | None) -> None:
    _places_changed(notices.CLASSES.name, notices.classes_of_term(term.pk), term, students, by)


def _places_changed(
    kind: str, about: str, term: Term, students: Collection[int], by: int | None
) -> None:
    if students:
        people = audiences.people(students)
        notify(kind, recipients=people, about=about, by=by, **_of(term))


def role_given(role: TeachingRole, by: By) -> None:
    """To the lecturer."""
    _role(notices.ROLE.name, role, by)


def role_taken(role: TeachingRole, by: By) -> None:
    """To the lecturer who had it."""
    _role(notices.ROLE_TAKEN.name, role, by)


def _role(kind: str, role: TeachingRole, by: By) -> None:
    offering = role.offering
    notify(
        kind,
        recipients=audiences.people([role.lecturer_id]),
        about=f"offering:{offering.pk}",
        by=by.user_id,
        role=role.kind,
        course=offering.course.name,
        code=offering.course.code,
        **_of(offering.term),
    )


def term_activated(term: Term, by: By) -> None:
    """To everybody."""
    notify(
        notices.TERM.name,
        recipients=audiences.everyone(),
        about=notices.term(term.pk),
        by=by.user_id,
        courses=term.offerings.count(),
        **_of(term),
    )


def promoted(run: PromotionRun, levels: Collection[int], by: By) -> None:
    """To each student their new level (one notice for each level), to the office the counts."""
    values = _of(run.to_term)
    about = f"promotion:{run.pk}"
    for level in sorted(levels):
        people = notices.promoted(run.pk, level=level)
        notify(notices.LEVEL.name, recipients=people, about=about, by=None, level=level, **values)
    if run.graduated:
        people = notices.promoted(run.pk, graduated=True)
        notify(notices.GRADUATED.name, recipients=people, about=about, by=None)
    notify(
        notices.PROMOTION_DONE.name,
        recipients=audiences.role(Role.OFFICE, Role.SUPER_ADMIN),
        about=about,
        by=by.user_id,
        promoted=run.promoted,
        graduated=run.graduated,
        **values,
    )


def promotion_reverted(run: PromotionRun, by: By) -> None:
    """To the students whom it had changed, and to the office."""
    notify(
        notices.PROMOTION_UNDONE.name,
        recipients=notices.promoted(run.pk) | audiences.role(Role.OFFICE, Role.SUPER_ADMIN),
        about=f"promotion:{run.pk}",
        by=by.user_id,
        **_of(run.to_term),
    )
