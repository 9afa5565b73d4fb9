"""Cells by the table: what office workers type, what it means, and what is refused and why."""

import pytest

from academics.imports import cells
from academics.imports.cells import (
    Bad,
    Choice,
    Code,
    Digits,
    Fraction,
    Identifier,
    Names,
    Text,
    Whole,
)
from academics.imports.headers import Layout, drafts
from academics.imports.kinds.students import Students
from academics.imports.messages import CELLS, FILES, NOTICES, UNDO, explain
from academics.imports.reading import SheetRow, Unreadable

NIM = Digits(8, 15)
GENDER = Choice({"male": "laki laki|l", "female": "perempuan|p"})


@pytest.mark.parametrize(
    ("parse", "raw", "value"),
    [
        (NIM, "007654321", "007654321"),
        (NIM, 202610100001, "202610100001"),
        (NIM, " 2026 1010 0001 ", "202610100001"),
        (NIM, "'202610100001", "202610100001"),
        (NIM, "２０２６１０１００００１", "202610100001"),
        (GENDER, "Laki-Laki", "male"),
        (GENDER, "  P ", "female"),
        (Fraction(0, 4), "3,5", "3.50"),
        (Fraction(0, 4), {"n": "3.25"}, "3.25"),
        (Fraction(0, 4), 4, "4.00"),
        (Whole(1, 7), "7", 7),
        (Whole(1, 7), 1, 1),
        (Text(10), "  a \n b  ", "a b"),
        (Text(10), "'=1+1", "=1+1"),
        (Text(10), "'t Hooft", "'t Hooft"),
        (Text(10), 2026, "2026"),
        (Code(20), "R-201", "R-201"),
        (Identifier("email"), " Nadia@Kampus.Example ", "nadia@kampus.example"),
        (Identifier("username"), "NADIA.P", "nadia.p"),
        (Names(), "PBL; CSR , pbl,", ["PBL", "CSR"]),
        (cells.day, "31-08-2026", "2026-08-31"),
        (cells.day, "31/8/2026", "2026-08-31"),
        (cells.day, "2026-08-31", "2026-08-31"),
        (cells.day, "31 Agustus 2026", "2026-08-31"),
        (cells.day, "1 mei 2026", "2026-05-01"),
        (cells.day, {"d": "2026-08-31"}, "2026-08-31"),
        (cells.day, {"d": "2026-08-31T07:20:00"}, "2026-08-31"),
    ],
)
def test_what_was_typed_is_understood(parse, raw, value):
    assert parse(raw) == value


@pytest.mark.parametrize(
    ("parse", "raw", "code"),
    [
        (NIM, "26103110A4", "only_digits"),
        (NIM, "2,61031E+10", "shortened"),
        (NIM, "1.0E+10", "shortened"),
        (NIM, "1234567", "digits"),
        (NIM, "9" * 5000, "digits"),
        (NIM, "١٢٣٤٥٦٧٨", "only_digits"),
        (NIM, {"n": "20261010.5"}, "only_digits"),
        (NIM, {"bad": "rounded", "text": "198003122005012000"}, "rounded"),
        (NIM, {"bad": "formula"}, "formula"),
        (NIM, {"bad": "error_value", "text": "#N/A"}, "error_value"),
        (GENDER, "?", "choice"),
        (GENDER, {"b": True}, "choice"),
        (Fraction(0, 4), "4.01", "fraction"),
        (Fraction(0, 4), "-1", "fraction"),
        (Fraction(0, 4), "NaN", "fraction"),
        (Fraction(0, 4), "1e1", "fraction"),
        (Fraction(0, 4), "3.333", "places"),
        (Whole(1, 7), "8", "whole"),
        (Whole(1, 7), "1.5", "whole"),
        (Whole(1, 7), "9" * 5000, "whole"),
        (Text(5), "abcdef", "too_long"),
        (Text(5, least=2), "a", "too_short"),
        (Text(50), "evil\ufffdtxt", "strange_characters"),
        (Code(20), "R 201", "code"),
        (Code(20), "<script>", "code"),
        (Identifier("email"), "dewi.ayu@kampus", "email"),
        (Identifier("username"), "josé", "username"),
        (Identifier("username"), "a b", "username"),
        (cells.day, "31-02-2026", "no_such_day"),
        (cells.day, "2026-02-30", "no_such_day"),
        (cells.day, "12-13-2026", "no_such_day"),
        (cells.day, "0000-01-01", "date_year"),
        (cells.day, 46000, "date_number"),
        (cells.day, "besok", "date"),
    ],
)
def test_what_can_t_be_taken_is_refused_with_its_reason(parse, raw, code):
    with pytest.raises(Bad) as caught:
        parse(raw)
    assert caught.value.code == code
    assert "%(" not in explain(CELLS, code, caught.value.params)


def test_every_reason_has_words():
    for words in (CELLS, FILES, NOTICES, UNDO):
        assert all(str(sentence) for sentence in words.values())


# --- Headers -------------------------------------------------------------------------------------

HEAD = ["NIM", "Nama", "Jenis Kelamin", "Status", "Angkatan", "Semester"]


def rows(*given: list, sheet: str = "Data") -> list[SheetRow]:
    return [SheetRow(sheet, number, cells) for number, cells in enumerate(given, start=1)]


def test_header_is_found_below_a_title_and_in_any_spelling():
    layout = Layout(Students())
    spelt = ["nim ", "NAMA LENGKAP", "L/P", "status", "Tahun Masuk", "Tingkat"]
    title = ["Daftar mahasiswa 2026"]
    (draft,) = drafts(rows(title, [], spelt, ["1", "x", "L", "aktif", 2026, 1]), layout)
    assert draft.number == 4
    assert set(draft.cells) == {"nim", "name", "gender", "status", "intake_year", "level"}


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (["a", "b"], "no_header"),
        (HEAD[:-1], "header_missing"),
        ([*HEAD, "nim"], "header_twice"),
        ([*HEAD, "tingkat"], "header_twice"),
    ],
)
def test_header_that_would_need_guessing_refuses_the_file(head, code):
    with pytest.raises(Unreadable) as caught:
        list(drafts(rows(head, ["1"]), Layout(Students())))
    assert caught.value.code == code
    assert "%(" not in explain(FILES, code, caught.value.params)


def test_sheets_and_columns_that_are_not_read_are_named():
    layout = Layout(Students())
    both = [*rows([*HEAD, "Catatan", "Password"], ["1"]), *rows(["x"], sheet="Lain")]
    list(drafts(both, layout))
    assert layout.unknown == ["Catatan"]
    assert layout.unread == {"password": "Password"}
    assert layout.sheets_skipped == ["Lain"]


def test_merged_header_cells_leave_a_missing_column():
    """Excel keeps the text in the first cell of a merged range only."""
    with pytest.raises(Unreadable):
        list(drafts(rows([*HEAD[:4], None, HEAD[5]], ["1"]), Layout(Students())))
