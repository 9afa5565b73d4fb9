"""What people upload is read in a child process that can't hurt, or refused in words."""

import io
import os
import time

import pytest

from academics.imports import child, reading
from academics.imports.messages import FILES
from academics.imports.reading import Unreadable, read
from tests.academics import spreadsheets as make
from tests.academics.importing import workbook


def cells(content: bytes, suffix: str = ".xlsx", **options) -> list[list]:
    return [row.cells for row in read(io.BytesIO(content), suffix=suffix, **options)]


def refusal(content: bytes, suffix: str = ".xlsx", **options) -> str:
    with pytest.raises(Unreadable) as caught:
        cells(content, suffix, **options)
    assert caught.value.code in FILES
    return caught.value.code


# --- Refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04", "damaged"),
        (b"PK\x03\x04" + os.urandom(2000), "damaged"),
        (make.archive({"readme.txt": "no workbook"}), "damaged"),
        (make.by_hand("")[:-30], "damaged"),
        (make.by_hand("<row><c"), "damaged"),
        (make.by_hand('<row r="x"><c><v>1</v></c></row>'), "damaged"),
        (make.with_entry("../../etc/cron.d/x"), "damaged"),
        (make.with_entry("/etc/x"), "damaged"),
        (make.symlink(), "damaged"),
        (make.encrypted(), "encrypted"),
        (make.with_entry("xl/vbaProject.bin"), "macros"),
        (make.crowded(), "bomb"),
        (make.lying_directory(), "bomb"),
        (make.far_cell(), "too_many_columns"),
    ],
    ids=[
        "nothing",
        "only a mark",
        "junk",
        "no workbook",
        "cut off",
        "broken xml",
        "no row number",
        "path upwards",
        "path from the root",
        "symbolic link",
        "encrypted",
        "macros",
        "2,000 entries",
        "directory that lies",
        "one far cell",
    ],
)
def test_what_is_no_plain_workbook_is_refused(content, code):
    assert refusal(content) == code


def test_padded_bomb_is_refused_before_it_is_unpacked():
    """Else 248 kB take 17 s and 562 MB."""
    bomb = make.padded_bomb()
    assert len(bomb) < 400_000
    began = time.perf_counter()
    assert refusal(bomb) == "bomb"
    assert time.perf_counter() - began < 5


def test_entities_that_laugh_are_refused():
    assert refusal(make.laughs()) == "damaged"


def test_entity_reads_no_file_of_the_server(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    assert refusal(make.outward(str(secret))) == "damaged"


def test_million_rows_are_refused_at_the_cap():
    assert refusal(make.many_rows(30_000)) == "too_many_rows"


def test_rows_up_to_the_cap_are_read():
    assert len(cells(make.many_rows(50), rows=50)) == 50
    assert refusal(make.many_rows(51), rows=50) == "too_many_rows"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bytes(range(256)) * 8, "not_text"),
        (b"\x81\x8d\x8f\x90;\xff", "not_text"),
        (b'a;b\n"never closed;\n', "damaged"),
        (b"a;" * 70, "too_many_columns"),
        (b"x" * 5000, "damaged"),
    ],
    ids=["binary", "no encoding", "open quote", "columns", "endless cell"],
)
def test_what_is_no_plain_csv_is_refused(content, code):
    assert refusal(content + b"x", ".csv") == code


# --- The child is confined -----------------------------------------------------------------------


def wicked(monkeypatch, tmp_path, code: str) -> None:
    """Put other code in the child's place, under the same limits."""
    script = tmp_path / "child.py"
    original = reading.CHILD.read_text()
    script.write_text(
        original.replace(
            "def read_csv(file: BinaryIO, limits: Limits) -> None:\n",
            f"def read_csv(file: BinaryIO, limits: Limits) -> None:\n    {code}\n",
        )
    )
    monkeypatch.setattr(reading, "CHILD", script)


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("x = bytearray(600 * 1024 * 1024)", "too_heavy"),
        ("os.kill(os.getpid(), 9)", "too_heavy"),
        ("sys.stdout.write('x' * 3_000_000)", "too_heavy"),
        ("open('/tmp/isme-import-test', 'wb', 0).write(b'x')", "damaged"),
    ],
)
def test_reader_that_does_too_much_is_stopped(monkeypatch, tmp_path, code, refused):
    wicked(monkeypatch, tmp_path, code)
    assert refusal(b"a;b\n", ".csv") == refused


def test_reader_that_computes_for_ever_is_killed(monkeypatch, tmp_path):
    wicked(monkeypatch, tmp_path, "while True: pass")
    source = reading.CHILD.read_text()
    reading.CHILD.write_text(source.replace("CPU_SECONDS = 20", "CPU_SECONDS = 1"))
    assert refusal(b"a;b\n", ".csv") == "too_heavy"


def test_reader_that_only_waits_is_killed_by_the_clock(monkeypatch, tmp_path):
    wicked(monkeypatch, tmp_path, "import signal; signal.pause()")
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.5)
    assert refusal(b"a;b\n", ".csv") == "too_heavy"


def test_reader_knows_no_secret(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "a-secret-of-the-server")
    wicked(monkeypatch, tmp_path, "tell({'sheet': 'x'}); tell([1, sorted(os.environ)])")
    seen = cells(b"a;b\n", ".csv")[0]
    assert "SECRET_KEY" not in seen
    assert "DATABASE_URL" not in seen


def test_limits_of_the_child_are_those_that_were_promised():
    assert (child.MEMORY_BYTES, child.CPU_SECONDS) == (512 * 1024 * 1024, 20)


# --- Read as it is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        "nim;nama\n007;José\n".encode(),
        "nim;nama\r\n007;José\r\n".encode("utf-8-sig"),
        "nim,nama\n007,José\n".encode("cp1252"),
        "nim\tnama\n007\tJosé\n".encode("utf-16"),
        "nim\tnama\n007\tJosé\n".encode("utf-16-le"),
        "nim\tnama\n007\tJosé\n".encode("utf-16-be"),
        'nim|nama\n"007"|"José"\n'.encode(),
    ],
    ids=["utf-8", "bom", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "pipes and quotes"],
)
def test_csv_of_any_office_is_read(raw):
    assert cells(raw, ".csv") == [["nim", "nama"], ["007", "José"]]


def test_row_numbers_are_those_that_excel_shows():
    content = workbook([["nim"], [], ["1"], [], ["2"]])
    assert [row.number for row in read(io.BytesIO(content), suffix=".xlsx")] == [1, 3, 5]


@pytest.mark.parametrize("since_1904", [False, True])
def test_dates_count_from_the_workbook_s_epoch(since_1904):
    """Else every date of a file from an old Mac is four years off."""
    assert cells(make.dated(since_1904=since_1904)) == [[{"d": "2026-08-31"}]]


@pytest.mark.parametrize(
    ("xml", "cell"),
    [
        ("<c><f>1+1</f><v>2</v></c>", {"bad": "formula"}),
        ('<c t="str"><f>cmd|x</f></c>', {"bad": "formula"}),
        ('<c t="e"><v>#REF!</v></c>', {"bad": "error_value", "text": "#REF!"}),
        ("<c><v>1.0E+10</v></c>", 10_000_000_000),
        ("<c><v>2.6103110123E10</v></c>", 26_103_110_123),
        ("<c><v>198003122005012001</v></c>", {"bad": "rounded", "text": "198003122005012001"}),
        ("<c><v>1E999</v></c>", {"bad": "error_value", "text": "inf"}),
        ("<c><v>3.25</v></c>", {"n": "3.25"}),
        ('<c t="b"><v>1</v></c>', {"b": True}),
        (make.text_cell("A1", "a\nb&#9;c"), "a\nb c"),
        (make.text_cell("A1", "evil&#x202E;txt"), "evil\ufffdtxt"),
        (make.text_cell("A1", "x" * 1500), "x" * 1001),
    ],
)
def test_cell_is_read_as_what_it_is(xml, cell):
    assert cells(make.by_hand(f'<row r="1">{xml}</row>')) == [[cell]]


def test_hidden_sheets_are_not_read():
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name in ("Seen", "Hidden"):
            book.add_worksheet(name).write_string(0, 0, name)
        book.get_worksheet_by_name("Hidden").hide()
    assert cells(target.getvalue()) == [["Seen"]]
