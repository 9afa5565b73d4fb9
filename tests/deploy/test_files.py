"""A server that is set up by deploy/ must start: the programs themselves read the files."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def nginx_tree(folder: Path) -> Path:
    """Fill in deploy/nginx/isme.conf with a certificate of our own; give the main file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", "key", "-out", "cert", "-days", "2", "-subj", "/CN=isme"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    values = {
        "HOST": "isme.example.ac.id", "STATIC": folder, "MEDIA": folder, "PAGES": folder,
        "WEB": "unix:/run/isme/web.sock", "CERTIFICATE": folder / "cert", "KEY": folder / "key",
    }  # fmt: skip
    text = (DEPLOY / "nginx" / "isme.conf").read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    code = re.sub(r"#.*", "", text)
    assert "@" not in code, "a placeholder that nothing fills in"
    text = text.replace("/etc/nginx/isme-proxy.conf", str(DEPLOY / "nginx" / "isme-proxy.conf"))
    (folder / "isme.conf").write_text(text)
    main = folder / "nginx.conf"
    main.write_text(
        f"pid {folder}/pid; events {{}} http {{ access_log off; include {folder}/isme.conf; }}"
    )
    return main


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    main = nginx_tree(tmp_path)
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if nginx:  # elsewhere the placeholders were checked above
        done = subprocess.run(
            [nginx, "-t", "-c", str(main), "-e", "stderr"],
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_nginx_lets_nobody_reach_what_is_for_operators_or_stored() -> None:
    text = (DEPLOY / "nginx" / "isme.conf").read_text()
    assert "location = /metrics { return 404; }" in text
    assert "location = /readyz { return 404; }" in text
    protected = text.split("location /protected/ {")[1].split("}")[0]
    assert "internal;" in protected


def test_nginx_keeps_mailed_links_out_of_its_logs() -> None:
    """Else whoever may read the log may choose other people's passwords."""
    text = (DEPLOY / "nginx" / "isme.conf").read_text()
    links = text.split("location ~ ^/accounts/(password/reset|email/confirm)/. {")[1].split("}")[0]
    assert "access_log off;" in links
    assert "error_log /dev/null;" in links


@pytest.mark.parametrize(
    "unit", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name
)
def test_units_have_what_systemd_needs_to_start_them(unit: Path) -> None:
    text = unit.read_text()
    assert "Description=" in text
    if unit.suffix == ".service":
        assert re.search(r"^User=isme$", text, re.MULTILINE), "never as root"
        assert re.search(r"^ExecStart=/", text, re.MULTILINE)
    else:
        assert unit.with_suffix(".service").exists()


@pytest.mark.parametrize(
    "name", ["systemd/isme.service", "systemd/isme-redis@.service", "mariadb/restart.conf"]
)
def test_what_died_on_a_full_disk_is_started_again_until_there_is_room(name: str) -> None:
    text = (DEPLOY / name).read_text()
    assert re.search(r"^Restart=(always|on-failure)$", text, re.MULTILINE)
    [seconds] = re.findall(r"^RestartSec=(\d+)$", text, re.MULTILINE)
    assert int(seconds) <= 5
    # Else systemd gives up after five tries.
    unit = text.split("[Unit]")[1].split("[Service]")[0]
    assert "\nStartLimitIntervalSec=0\n" in unit


def test_binary_logs_are_copied_often_enough_for_five_minutes_to_be_the_most_that_is_lost() -> (
    None
):
    timer = (DEPLOY / "systemd" / "isme-backup-logs.timer").read_text()
    [minutes] = re.findall(r"^OnCalendar=\*:0/(\d+)$", timer, re.MULTILINE)
    # Unless told otherwise, systemd may be a minute late.
    [late] = re.findall(r"^AccuracySec=(\d+)s$", timer, re.MULTILINE)
    copying = 30
    assert int(minutes) * 60 + int(late) + copying <= 300


@pytest.mark.parametrize(
    ("broken", "done"),
    [
        ("none", ["backup", "backup_drill", "backup_prune"]),
        ("backup", ["backup"]),
        ("backup_drill", ["backup", "backup_drill"]),  # else the good ones go, the bad one stays
    ],
)
def test_night_deletes_old_backups_only_after_a_new_one_that_can_be_restored(
    tmp_path: Path, broken: str, done: list[str]
) -> None:
    unit = (DEPLOY / "systemd" / "isme-backup.service").read_text()
    [line] = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >>said\n[ "$2" != {broken} ]\n')
    python.chmod(0o700)
    command = line.replace("$$", "$").replace("%%", "%")  # as systemd reads it

    subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, check=False)

    said = [words.split()[1:] for words in (tmp_path / "said").read_text().splitlines()]
    assert [words[0] for words in said] == done
    folder = Path(said[0][1])
    assert re.fullmatch(r"\d{8}T\d{6}Z", folder.name)
    if broken == "none":
        assert said[1] == ["backup_drill", "--dir", str(folder)]
        assert said[2] == ["backup_prune", str(folder.parent), "--nights", "14", "--weeks", "8"]
