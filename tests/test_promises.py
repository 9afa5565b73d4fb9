"""What SECURITY.md and the reliability notes promise, and the tests that prove each of it.

Renaming or deleting such a test without naming its successor here fails: a promise that nothing
tests any more is none.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PROMISES = {
    "revocation": [
        "accounts/test_request_path.py::test_role_removed_while_the_person_clicks",
        "accounts/test_request_path.py::test_cache_frozen_during_sign_out_never_signs_back_in",
        "accounts/test_request_path_killed.py::test_no_click_after_the_change_is_answered",
        "accounts/test_request_path_killed.py::test_cache_frozen_before_it_heard_of_the_commit",
        "accounts/test_view_login.py::test_sign_out_ends_the_session",
        "accounts/test_people.py::test_deactivated_at_once_with_reason_and_restored",
    ],
    "one device": [
        "accounts/test_request_path.py::test_racing_sign_ins_leave_exactly_one",
        "accounts/test_request_path.py::test_one_session_is_a_constraint",
        "accounts/test_view_login.py::test_newest_sign_in_wins_and_the_other_is_told",
    ],
    "guessing, and a campus behind one address": [
        "accounts/test_throttle.py::test_thousand_people_behind_one_address_with_typos_all_get_in",
        "accounts/test_throttle.py::test_spraying_address_gets_forty_hashes_in_ten_minutes",
        "accounts/test_throttle.py::test_two_hundred_addresses_get_ten_hashes_and_the_owner_gets_in",
        "accounts/test_throttle_answers.py::test_forged_forwarding_header_does_not_vary_the_key",
    ],
    "names can't be found out": [
        "accounts/test_view_login.py::test_login_refused_alike",
        "accounts/test_view_login.py::test_login_computes_one_hash_in_each_case",
        "accounts/test_throttle_answers.py::test_answers_are_alike_for_names_that_exist_or_not",
        "accounts/test_view_password_reset.py::test_odd_names_get_the_same_answer",
        "accounts/test_refusals.py::test_refused_sign_in_costs_the_same_for_everybody",
    ],
    "a storm at the door": [
        "accounts/test_hash_gate.py::test_gate_lets_two_wait_and_sends_the_fourth_away",
        "accounts/test_hash_gate.py::test_full_gate_is_503_with_the_name_kept",
        "e2e/test_secrets.py::test_rush_at_the_door_is_waited_out",
    ],
    "jobs": [
        "lib/test_jobs_killed.py::test_job_is_done_once_though_its_child_is_killed",
        "lib/test_jobs_killed.py::test_job_is_done_once_though_the_worker_is_killed",
        "lib/test_jobs_killed.py::test_job_is_done_once_though_redis_and_the_bell_in_it_are_lost",
        "notifications/test_ledger.py::test_everybody_is_told_once_by_each_way_though_all_is_killed",
    ],
    "acknowledged writes": [
        "deploy/test_chaos.py::test_nothing_is_lost_or_doubled_though_every_part_dies_in_turn",
        "lib/test_idempotency.py::test_two_presses_at_once_are_one_effect",
        "accounts/test_request_path_killed.py::test_writer_killed_before_its_commit_changes_nothing",
        (
            "academics/test_import_killed.py"
            "::test_worker_killed_after_the_last_row_has_written_nothing_and_then_all"
        ),
    ],
    "no double seats": [
        "academics/test_service_membership.py::test_class_has_a_capacity_and_no_double_seats",
        "academics/test_import_structure.py::test_blocks_of_one_level_may_not_overlap",
    ],
    "Redis away": [
        "accounts/test_request_path_killed.py::test_without_the_cache_people_stay_in_and_come_in",
        (
            "accounts/test_request_path_killed.py"
            "::test_eleventh_wrong_password_is_refused_while_the_durable_redis_is_away"
        ),
        "accounts/test_throttle_without_redis.py::test_limits_hold_without_redis_and_without_rows",
        "lib/test_jobs.py::test_enqueue_survives_a_broker_that_is_away",
    ],
    "store of files away": [
        "lib/test_bucket.py::test_dead_store_is_said_kindly_and_only_files_are_away",
        "lib/test_bucket.py::test_store_killed_in_the_middle_breaks_the_answer_off",
        "lib/test_bucket_forms.py::test_reply_keeps_its_text",
        "lib/test_bucket_hosts.py::test_picture_put_in_at_one_host_is_seen_at_the_other",
    ],
    "database away": [
        "lib/test_pages_and_headers.py::test_dead_database_is_a_503_that_says_when",
        "lib/test_health.py::test_livez_needs_neither_database_nor_redis",
    ],
    "deploy": [
        (
            "deploy/test_install.py"
            "::test_upgrade_under_load_fails_no_request_and_a_broken_release_stays_out"
        ),
        "deploy/test_install.py::test_migrations_that_the_running_release_can_t_stand_are_told",
    ],
    "restore": [
        "lib/test_backup.py::test_a_backup_restores_row_for_row_and_its_damage_is_named",
        "lib/test_backup.py::test_a_backup_that_broke_off_or_lost_a_byte_is_never_restored",
        (
            "lib/test_backup_moment.py"
            "::test_restore_to_a_moment_under_another_or_the_same_name_is_exact"
        ),
        "lib/test_backup_retention.py::test_last_good_one_stays_though_it_is_old_and_its_logs_with_it",
        "deploy/test_alerts.py::test_promised_warning_signs_have_an_alarm_at_their_limit",
    ],
    "rights": [
        "test_permissions.py::test_every_route_has_a_row",
        "test_permissions.py::test_route_by_role",
        "test_permissions.py::test_object_by_role",
    ],
    "uploads": [
        "academics/test_import_reading.py::test_padded_bomb_is_refused_before_it_is_unpacked",
        "academics/test_import_reading.py::test_limits_of_the_child_are_those_that_were_promised",
        "lib/test_files.py::test_what_is_no_picture_by_name_and_content_is_refused",
        "lib/test_files.py::test_header_that_claims_a_huge_picture_is_refused_before_decoding",
        "lib/test_files.py::test_other_persons_private_file_is_not_there",
        "lib/test_files.py::test_behind_nginx_only_the_way_is_told",
        "lib/test_bucket.py::test_nobody_without_our_check_reads_or_replaces_a_file",
    ],
    "browser": [
        "lib/test_pages_and_headers.py::test_security_headers_on_every_response",
        "e2e/test_pages.py::test_every_link_leads_to_a_page_for_everybody",
    ],
    "audit": [
        "accounts/test_audit.py::test_altered_row_is_named",
        "accounts/test_audit.py::test_deleted_row_is_named",
        "accounts/test_audit.py::test_cut_tail_is_named",
        "accounts/test_audit.py::test_command_names_the_first_bad_row",
    ],
    "dependencies": [
        "test_supply.py::test_every_dependency_is_pinned_by_hash",
        "test_supply.py::test_list_of_parts_names_each_with_its_hashes",
        "test_supply.py::test_audit_that_could_not_ask_is_no_clean_bill",
    ],
    "secrets stay where they are": [
        "test_supply.py::test_no_secret_lies_in_the_repository",
        "lib/test_logs.py::test_neither_password_nor_token_nor_cookie_reaches_the_log",
        "lib/test_reporting.py::test_an_error_report_holds_where_it_broke_and_nothing_of_anybody",
    ],
    "bad input": [
        "test_bad_input.py::test_every_address_survives_bad_values_in_its_query",
        "test_bad_input.py::test_every_form_survives_bad_values_in_every_field",
        "test_bad_input.py::test_every_object_s_address_survives_bad_numbers",
    ],
}


def names_in(file: str) -> set[str]:
    """The names of the tests in ``file``, also of those in classes."""
    tree = ast.parse((ROOT / "tests" / file).read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("promise", PROMISES)
def test_promise_is_proved_by_tests_that_are_there(promise):
    assert PROMISES[promise]
    for test in PROMISES[promise]:
        file, _colons, name = test.partition("::")
        assert name in names_in(file), f"{promise}: {test} is gone"
