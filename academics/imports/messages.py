"""The words for what is wrong: code -> sentence, what is wrong and what is allowed, no blame."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

CELLS = {
    # A cell by itself
    "required": _("This cell must be filled in."),
    "formula": _("A formula. Copy the cell and paste it as a value."),
    "error_value": _("Excel shows an error here instead of a value."),
    "rounded": _("Excel keeps only 15 digits of a number and has rounded it. Type it as text."),
    "shortened": _("Excel has shortened this number. Set the column to Text and type it again."),
    "strange_characters": _("Characters that can't be read. Type the cell again."),
    "too_long": _("Too long: at most %(most)s characters."),
    "too_short": _("Too short: at least %(least)s characters."),
    "code": _("A code has letters, digits, dots and dashes, and no spaces."),
    "only_digits": _("Only digits are allowed, %(least)s to %(most)s of them."),
    "digits": _("%(length)s digits. There must be %(least)s to %(most)s."),
    "whole": _("A whole number from %(least)s to %(most)s is needed."),
    "fraction": _("A number from %(least)s to %(most)s is needed."),
    "places": _("At most %(places)s decimals."),
    "choice": _("Not one of the allowed words: %(choices)s."),
    "email": _("An incomplete e-mail address. It looks like name@kampus.example."),
    "username": _("A username has 2 to 64 small letters, digits, dots, dashes, no spaces."),
    "date": _("Not a date. Write it as 31-08-2026."),
    "date_number": _("A number, not a date. Set the column to Date, or write 31-08-2026."),
    "date_year": _("The year must lie between 1900 and 2100."),
    "no_such_day": _("This month has no such day."),
    # A cell beside others
    "same_as_row": _("The same as in row %(row)s of sheet “%(sheet)s”. Which one is right?"),
    "taken": _("Belongs to another account already: %(name)s."),
    "other_role": _("Belongs to %(name)s, whose account is of another kind."),
    "username_fixed": _("This person signs in as “%(now)s”. An import doesn't change usernames."),
    "standby_alone": _("A standby lecturer has the expertise “standby” and nothing else."),
    "needs_competence": _("A lecturer who is not on standby needs at least one."),
    "block_number": _("A block needs a number, and only a block has one."),
    "not_for_short": _("Courses of a short term have none."),
    "csr_short": _("A CSR course belongs to a study level, not to a short term."),
    "needs_for_regular": _("A course of a study level needs at least one."),
    "ends_before": _("The last day lies before the first."),
    "both_dates": _("First and last day belong together: fill in both, or neither."),
    "overlaps": _("Overlaps with block %(block)s of the same level, %(dates)s."),
    "outside_term": _("Outside the term, which runs from %(first)s to %(last)s."),
    "too_many_weeks": _("Only so many weeks lie between these days: %(weeks)s."),
    "no_term": _("Choose a term for this import first: dates belong to a term."),
    "no_offering": _("This course is not offered in the chosen term."),
    "no_class": _("This course has no class of this name. Fill in its capacity to make one."),
    "no_student": _("There is no student with this NIM."),
    "inactive_student": _("This student is not active."),
    "wrong_level": _("This student is in level %(level)s."),
    "follows_group": _("This class follows a large group. Change the group instead."),
    "sits_elsewhere": _(
        "Sits in the class “%(name)s”, which follows a large group. Change the group instead."
    ),
    "no_lecturer": _("There is no lecturer with this NID."),
    "inactive_lecturer": _("The account of %(name)s is closed."),
    "standby_lecturer": _("%(name)s is on standby."),
    "unfit_lecturer": _("%(name)s has none of the expertises that the course asks for."),
    "coordinator_needs_dates": _("Only a course that is offered, with both dates, has one."),
    "class_full": _("The class is full: %(capacity)s places."),
    "no_such_term": _("The academic year of the chosen term has no term of this kind."),
    "which_group": _("This level has several large groups. Name one of them: %(names)s."),
    "level_in_short": _("Groups of a short term belong to no level: leave this empty."),
    "same_class": _("This class has the capacity %(capacity)s already."),
}

FILES = {
    "damaged": _("This file is damaged or is not what its name says. Save it again as .xlsx."),
    "encrypted": _("This file is protected with a password. Save it without one."),
    "macros": _("This file contains macros. Save it as an Excel workbook without macros (.xlsx)."),
    "bomb": _("This file unpacks to far more than a list of people or rooms ever needs."),
    "too_heavy": _(
        "Reading this file takes too much memory or time. Split it, or save it as CSV."
    ),
    "not_text": _("This CSV file has an unknown encoding. Save it as “CSV UTF-8”."),
    "too_many_rows": _("More than %(most)s rows. Split the file."),
    "too_many_columns": _(
        "Row %(row)s has something to the right of column %(most)s. Delete what doesn't belong here."
    ),
    "no_header": _(
        "No sheet has a row with the headers. The first %(rows)s rows must have: %(columns)s."
    ),
    "header_twice": _(
        "Sheet “%(sheet)s”, row %(row)s: two columns have the same header: %(columns)s."
    ),
    "header_missing": _("Sheet “%(sheet)s”, row %(row)s: these columns are missing: %(columns)s."),
    "no_rows": _("There is nothing below the headers."),
    "not_finished": _("This file could not be read to its end, three times. Please tell us."),
}

NOTICES = {
    "password": _("The column with passwords is not read: everybody gets a one-time password."),
    "phone": _("The column with phone numbers is not read yet."),
    "names": _("Names in this list are not read: the NIM tells who it is."),
    "numbers": _("The column with running numbers is not read."),
    "username_is_number": _(
        "Rows without a username: the NIM, NID or NIP is the name to sign in with."
    ),
    "role_standby": _("Lecturers without a main role who have the expertise “standby”: Standby."),
    "role_teacher": _("Lecturers without a main role: Teaching lecturer."),
    "new_expertise": _("New names of expertise that will be added to the list."),
    "new_class": _("Classes that will be made."),
    "new_group": _("Groups that will be made."),
    "moved": _("Students who will move here from another class or group."),
    "unknown_columns": _("Columns that are not known and not read: %(columns)s."),
    "skipped_sheets": _("Sheets without the headers, which are not read: %(sheets)s."),
    "no_coordinator": _("Courses that are offered without a coordinator."),
    "no_dates": _(
        "Courses without dates: they go into the list, but are not offered in the term."
    ),
}

UNDO = {
    "undo_hangs": _("It can't be undone any more, because others rely on it: %(what)s."),
    "undo_touched": _("It can't be undone any more: %(rows)s rows were changed since."),
}


def explain(words: Mapping[str, Any], code: str, params: Mapping[str, Any]) -> str:
    """The sentence for ``code`` in the language at hand. An unknown code is shown as it is."""
    try:
        return str(words[code]) % dict(params)
    except KeyError:
        return code
