"""Whoever rents another machine gets settings that fit it, and is told what does not."""

import pytest
from django.core.management import call_command

from isme.lib import tuning


def values(cores: int, memory: int) -> dict[str, int]:
    return {each.name: each.value for each in tuning.advise(cores, memory)}


def test_the_reference_machine_gets_what_was_measured_on_it() -> None:
    found = values(2, 8192)
    assert found["WEB_PROCESSES"] == 2
    assert found["innodb_buffer_pool_size (MiB)"] == 2048
    assert found["cache maxmemory (MiB)"] == found["durable maxmemory (MiB)"] == 384
    assert found["max_connections"] == 120


@pytest.mark.parametrize(("cores", "memory"), [(1, 1024), (2, 2048), (4, 16384), (16, 65536)])
def test_database_and_redis_never_take_more_than_half_the_memory(cores: int, memory: int) -> None:
    found = values(cores, memory)
    taken = sum(count for name, count in found.items() if "MiB" in name)
    assert taken <= memory / 2
    assert found["max_connections"] >= 2 * found["threads"] * cores


def test_a_container_is_not_taken_for_its_host(tmp_path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text(f"{512 * 2**20}\n")
    assert tuning.memory_mib(limit) == 512


@pytest.mark.django_db
def test_check_names_what_runs_with_other_values_and_fails(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("tune", "--check", "--cores", "64", "--memory", "8192")
    assert ended.value.code == 1
    line = next(x for x in capsys.readouterr().out.splitlines() if x.startswith("WEB_PROCESSES"))
    assert line.split()[1] == "64"
    assert line.endswith("now 2")
