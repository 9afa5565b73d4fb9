"""Who may do what with accounts: the only home of these permissions (domain, section 22).

| act                              | super admin | office                 | lecturer, student |
|----------------------------------|-------------|------------------------|-------------------|
| list people, see a person        | all         | all                    | nobody            |
| create, edit, deactivate, restore| all         | lecturers and students | nobody            |
| give a role                      | any         | lecturer, student      | none              |
| end a session, issue a password  | all         | lecturers and students | nobody            |
| reset a second factor            | all         | lecturers and students | nobody            |
| lift a throttle                  | all         | lecturers and students | nobody            |
| erase a closed account's data    | all         | nobody                 | nobody            |
| act as somebody                  | all but other super admins | nobody  | nobody            |
| read the audit trail             | all of it   | none                   | none              |

Nobody gives a role above their own, and nobody deactivates themselves or changes their own
role: so there is always a super admin left.
"""

from accounts.choices import Role
from accounts.models import User

STAFF = frozenset({Role.SUPER_ADMIN.value, Role.OFFICE.value})
KEPT_BY_OFFICE = frozenset({Role.LECTURER.value, Role.STUDENT.value})


def is_staff(actor: User) -> bool:
    return actor.role in STAFF


def can_list_people(actor: User) -> bool:
    return is_staff(actor)


def can_see(actor: User, person: User) -> bool:
    """Whether ``actor`` may open the page of ``person`` (everybody has their own profile)."""
    return is_staff(actor)


def can_give_role(actor: User, role: str) -> bool:
    if actor.role == Role.SUPER_ADMIN:
        return role in Role.values
    return actor.role == Role.OFFICE and role in KEPT_BY_OFFICE


def roles_to_give(actor: User) -> list[Role]:
    """In the order of a form: the most frequent first."""
    order = (Role.STUDENT, Role.LECTURER, Role.OFFICE, Role.SUPER_ADMIN)
    return [role for role in order if can_give_role(actor, role)]


def can_create(actor: User) -> bool:
    return is_staff(actor)


def can_edit(actor: User, person: User) -> bool:
    return can_give_role(actor, person.role) and not person.is_erased


def can_change_role(actor: User, person: User, role: str) -> bool:
    if role == person.role:
        return True
    return can_edit(actor, person) and can_give_role(actor, role) and actor.pk != person.pk


def needs_proof(before: str, after: str) -> bool:
    """Whether who gives the role ``after`` must prove again who they are.

    For each change of a role, and for a new account (``before`` is "") of the staff.
    """
    return before != after if before else after in STAFF


def can_deactivate(actor: User, person: User) -> bool:
    return can_edit(actor, person) and actor.pk != person.pk


def can_erase(actor: User, person: User) -> bool:
    """For good, so only what is closed already."""
    return actor.role == Role.SUPER_ADMIN and not person.is_active and not person.is_erased


def can_restore(actor: User, person: User) -> bool:
    return can_edit(actor, person)


def can_end_session(actor: User, person: User) -> bool:
    return can_edit(actor, person)


def can_issue_password(actor: User, person: User) -> bool:
    """One's own password is changed by oneself, who knows the old one."""
    return can_edit(actor, person) and actor.pk != person.pk


def can_reset_second_factor(actor: User, person: User) -> bool:
    """For somebody whose phone is gone. One's own is removed with password and code."""
    return can_edit(actor, person) and actor.pk != person.pk


def can_lift_throttle(actor: User, person: User) -> bool:
    return can_edit(actor, person)


def can_act_as(actor: User, person: User) -> bool:
    return (
        actor.role == Role.SUPER_ADMIN
        and actor.is_active
        and person.role != Role.SUPER_ADMIN
        and person.is_active
    )


def can_read_audit(actor: User) -> bool:
    return actor.role == Role.SUPER_ADMIN
