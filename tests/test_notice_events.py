"""Every kind of notice: the event that raises it, and the test that sees it raised and received.

A kind that is missing here was made without a test that somebody is told.
"""

import ast
from pathlib import Path

import pytest

from notifications import kinds

TESTS = Path(__file__).parent
STRUCTURE, REMINDERS = "academics/test_notices.py", "academics/test_reminders.py"
FORUM, ACCOUNTS = "forum/test_notices.py", "notifications/test_events.py"
EVENTS = {
    # A role, a place, a file, the term: what the office does to people.
    "academics.role_given": (STRUCTURE, "a_lecturer_learns_of_a_role_and_others_see_it"),
    "academics.role_taken": (STRUCTURE, "a_lecturer_learns_that_a_role_was_taken_away"),
    "academics.group_assigned": (STRUCTURE, "who_comes_into_a_group_is_told"),
    "academics.group_left": (STRUCTURE, "who_loses_a_place_is_told_once"),
    "academics.groups_changed": (STRUCTURE, "a_dealing_and_its_undoing_tell_who_moved"),
    "academics.class_assigned": (STRUCTURE, "who_comes_into_a_class_is_told"),
    "academics.class_left": (STRUCTURE, "who_loses_a_place_is_told_once"),
    "academics.classes_changed": (REMINDERS, "a_class_list_tells_whom_it_moved_once"),
    "academics.import_done": (STRUCTURE, "an_import_tells_who_started_it"),
    "academics.import_undone": (STRUCTURE, "an_import_tells_who_started_it"),
    "academics.import_failed": (STRUCTURE, "a_file_that_is_no_workbook_tells_who_sent_it"),
    "academics.term_active": (STRUCTURE, "everybody_learns_that_another_term_is_active"),
    "academics.level_up": (STRUCTURE, "promoted_students_learn_their_own_level"),
    "academics.graduated": (STRUCTURE, "promoted_students_learn_their_own_level"),
    "academics.promotion_done": (STRUCTURE, "promoted_students_learn_their_own_level"),
    "academics.promotion_reverted": (STRUCTURE, "promoted_students_learn_their_own_level"),
    # What is forgotten, a week before.
    "academics.no_syllabus": (REMINDERS, "a_week_before_it_begins_a_course_lacks"),
    "academics.empty_class": (REMINDERS, "a_week_before_it_begins_a_course_lacks"),
    # One's own account.
    "accounts.new_device": (ACCOUNTS, "a_new_device_is_told"),
    "accounts.role_changed": (ACCOUNTS, "another_role_is_told_in_words"),
    # The forum.
    "forum.category": (FORUM, "accepted_answer_and_new_category_are_told"),
    "forum.accepted": (FORUM, "accepted_answer_and_new_category_are_told"),
    "forum.thread": (FORUM, "public_thread_is_news_for_everybody_else"),
    "forum.thread_followed": (FORUM, "who_follows_the_category_hears_it"),
    "forum.reply": (FORUM, "reply_reaches_each_once_by_what_concerns_them"),
    "forum.answer": (FORUM, "reply_reaches_each_once_by_what_concerns_them"),
    "forum.mention": (FORUM, "reply_reaches_each_once_by_what_concerns_them"),
    # The office to whomever it chooses.
    "notifications.broadcast": ("notifications/test_broadcast.py", "it_reaches_everybody_once"),
}


def test_every_kind_has_its_event():
    """Else a new kind of notice is offered in the preferences, and nobody ever gets it."""
    known = {kind.name for kind in kinds.known_kinds() if not kind.name.startswith("tests.")}
    assert known == set(EVENTS)


@pytest.mark.parametrize("kind", EVENTS)
def test_each_event_is_linked_and_seen_by_a_test(kind):
    file, name = EVENTS[kind]
    tree = ast.parse((TESTS / file).read_text())
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [one for one in tests if one.startswith(f"test_{name}")]
    assert kinds.kind_named(kind).link
