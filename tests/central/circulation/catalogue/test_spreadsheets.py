"""What spreadsheets make of cells by themselves: read right, or refused with its line; and what they put around a table."""

import io
from datetime import date, time, timedelta
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from central.circulation.catalogue import workbooks
from tests.central.circulation.catalogue.records import read
from tests.central.circulation.catalogue.test_reading import SHEET, patched

AN_AFTERNOON = 46083.6
"""Of the second of March 2026, as workbooks count days."""
HEAD = ["条码号", "题名"]


def saved(book):
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


def cells(column, *said, form="General", kind="items"):
    """What a workbook of one column beside the number says, or why not."""
    book = Workbook()
    number = {"items": "barcode", "readers": "card"}[kind]
    book.active.append([number] if column == number else [number, column])
    for row, value in enumerate(said, 2):
        if column != number:
            book.active.cell(row, 1, f"N{row}")
        at = book.active.cell(row, 1 if column == number else 2, value)
        if form != "General":
            at.number_format = form
    found = read(saved(book), "a.xlsx", kind)
    assert {wrong.line for wrong in found.errors} <= set(range(2, len(said) + 2))
    return [line.values.get(column) for line in found.lines], [wrong.why for wrong in found.errors]


@pytest.mark.parametrize("column", ["barcode", "isbn", "call_number", "shelf", "control_number", "title"])
@pytest.mark.parametrize(
    ("value", "form", "why"),
    [
        (date(2026, 3, 2), "General", "dated"),
        (AN_AFTERNOON, "m月d日", "dated"),
        (time(8, 15), "h:mm", "dated"),
        (timedelta(hours=30), "[h]:mm", "dated"),
        (100000, "0.00E+00", "rounded"),
        (6900000000000, "0.00E+00", "rounded"),
        (6900000000000, "##0.0E+0", "rounded"),
    ],
)
def test_what_was_typed_and_is_gone_is_refused(column, value, form, why):
    """3-2 becomes the second of March, 8:15 a time, 1E5 and a number of thirteen digits that was saved as CSV a power."""
    assert cells(column, value, form=form) == ([], [why])


@pytest.mark.parametrize(
    ("column", "value", "form", "said"),
    [
        ("year", date(2008, 1, 1), "General", "2008"),
        ("price", 23, "0.00E+00", 2300),
        ("added", AN_AFTERNOON, "yyyy-mm-dd hh:mm", date(2026, 3, 2)),
        ("parts_note", date(2026, 3, 2), "General", "2026-03-02"),
    ],
)
def test_where_it_says_the_same_it_is_read(column, value, form, said):
    assert cells(column, value, form=form) == ([said], [])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("00000000", "00012345"),
        ("0000000;-0000000", "0012345"),
        ("00-0000", "01-2345"),
        (r"00\-0000", "01-2345"),
        ('"QY"000"/"0000', "QY001/2345"),
        ("#-000", "12-345"),
        ("[Red]0000000_ ", "0012345"),
        ("[$-804]000000", "012345"),
        ("0.00", "12345"),
        ("#,##0.00", "12345"),
        ('0"册"', "12345"),
        ('"¥"#,##0', "12345"),
        ("0%", "12345"),
        ("@", "12345"),
        ("?", "12345"),
        ("", "12345"),
    ],
)
def test_a_number_is_what_the_sheet_shows_where_its_form_is_a_code(form, said):
    assert cells("barcode", 12345, form=form) == ([said], [])


def test_a_number_that_no_code_holds_is_itself():
    assert cells("shelf", -12345, form="0000000") == (["-12345"], [])
    assert cells("shelf", 1.5, form="0000000") == (["1.5"], [])


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("isbn", "9.78754E+12", "rounded"),
        ("phone", "1.38E+10", "rounded"),
        ("control_number", "1.2002E+10", "rounded"),
        ("shelf", "3月2日", "dated"),
        ("shelf", "2026年3月", "dated"),
        ("call_number", "2-Mar", "dated"),
        ("call_number", "Mar-02", "dated"),
        ("barcode", "2026年3月2日", "dated"),
        ("barcode", "2-Mar-26", "dated"),
        ("title", "#REF!", "formula"),
        ("title", "#N/A", "formula"),
        ("added", "########", "formula"),
        ("price", "Err:502", "formula"),
    ],
)
def test_what_a_spreadsheet_writes_into_csv_for_it_is_refused_too(column, cell, why):
    kind, number = ("readers", "card") if column == "phone" else ("items", "barcode")
    text = f"{number}\n{cell}\n" if column == number else f"{number},{column}\nN1,{cell}\n"
    found = read(text.encode(), "a.csv", kind)
    assert [(wrong.line, wrong.column, wrong.why) for wrong in found.errors] == [(2, column, why)]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("barcode", '="00123"', "00123"),
        ("barcode", '"=""00123"""', "00123"),
        ("barcode", "'00123", "00123"),
        ("barcode", "00123\t", "00123"),
        ("barcode", "1E5", "1E5"),
        ("barcode", "DEC-10", "DEC-10"),
        ("title", "'t Hooft", "'t Hooft"),
        ("title", "3月2日", "3月2日"),
        ("title", "#1", "#1"),
        ("call_number", "TP3/12", "TP3/12"),
        ("shelf", "3-2", "3-2"),
        ("isbn", "9787020002207.0", "9787020002207"),
        ("isbn", "7-02-000220-X", "9787020002207"),
    ],
)
def test_what_programs_write_to_keep_a_text_is_read(column, cell, said):
    text = f"barcode\n{cell}\n" if column == "barcode" else f"barcode,{column}\nN1,{cell}\n"
    found = read(text.encode(), "a.csv")
    assert (found.errors, found.lines[0].values[column]) == ([], said)


def test_a_cell_with_an_error_is_told():
    assert cells("title", "#DIV/0!") == ([], ["formula"])


def test_a_line_end_of_windows_in_a_cell_is_a_blank():
    assert cells("title", "三体_x000D_\n地球往事") == (["三体 地球往事"], [])


# ---------------------------------------------------------------- what has no end
@pytest.mark.parametrize(
    ("part", "junk"),
    [
        (SHEET, b"<row a='" + b"x" * (2 << 20) + b"'/>"),
        (SHEET, b"<row><c r='A9'><v>" + b"9" * (2 << 20) + b"</v></c></row>"),
        (SHEET, b"<a>" * (workbooks.MAX_DEPTH + 10)),
        ("xl/styles.xml", b"<numFmt numFmtId='200' formatCode='0'/>" * (workbooks.MAX_OTHER_MARKS + 1)),
        ("xl/workbook.xml", b"<a/>" * (workbooks.MAX_OTHER_MARKS + 1)),
    ],
    ids=["attribute", "text", "depth", "styles", "elements"],
)
def test_a_packed_file_that_is_much_larger_within_is_not_unfolded(monkeypatch, part, junk):
    """Each of these is some kilobytes packed, and would be gigabytes as objects."""
    octets = patched(part, lambda said: said + junk)
    monkeypatch.setattr(workbooks, "load_workbook", None)
    assert [wrong.why for wrong in read(octets, "a.xlsx").errors] == ["workbook"]


def test_more_cells_than_an_import_needs_are_not_unfolded(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_MARKS", 100)
    octets = patched(SHEET, lambda said: said.replace(b"<sheetData>", b"<sheetData>" + b"<a/>" * 100))
    assert [wrong.why for wrong in read(octets, "a.xlsx").errors] == ["workbook"]


def test_a_picture_in_a_workbook_is_not_counted():
    octets = io.BytesIO(patched(SHEET, lambda said: said))
    with ZipFile(octets, "a") as packed:
        packed.writestr("xl/media/image1.emf", bytes(4 << 20) + b"<" * workbooks.MAX_OTHER_MARKS)
    assert read(octets.getvalue(), "a.xlsx").errors == []


# ---------------------------------------------------------------- around the table
def test_a_hidden_sheet_is_not_read_and_a_second_one_is_told():
    book = Workbook()
    book.active.title, book.active.sheet_state = "WpsReserved", "veryHidden"
    book.active.append(["barcode"])
    book.active.append(["HIDDEN"])
    for name, rows in (("馆藏", ["barcode", "B1"]), ("其他", ["barcode", "B2"]), ("空", [])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([row])
    found = read(saved(book), "a.xlsx")
    assert [line.values for line in found.lines] == [{"barcode": "B1"}]
    assert [(notice.column, notice.why) for notice in found.notices] == [("其他", "sheet")]


def test_a_title_above_the_head_is_left_out_and_told():
    book = Workbook()
    book.active["A1"] = "清源县图书馆馆藏清单"
    book.active.merge_cells("A1:D1")
    book.active.append([])
    book.active.append(HEAD)
    book.active.append(["B1", "三体"])
    for row in range(5, 400):
        book.active.cell(row, 1).number_format = "@"
    found = read(saved(book), "a.xlsx")
    assert (found.errors, [line.number for line in found.lines]) == ([], [4])
    assert [(one.line, one.why, one.said) for one in found.notices] == [(1, "above", "清源县图书馆馆藏清单")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_title_above_the_head_of_csv_names_no_delimiter(delimiter):
    text = "馆藏清单\r\n\r\n" + "条码号,题名\r\nB1,三体\r\n,\r\n,\r\n".replace(",", delimiter)
    found = read(text.encode("gb18030"), "a.csv")
    assert (found.errors, [line.values["title"] for line in found.lines]) == ([], ["三体"])


def test_a_head_that_is_nowhere_is_wrong_in_the_first_line():
    found = read("馆藏清单\n题名\n三体\n".encode(), "a.csv")
    assert [(wrong.line, wrong.why, wrong.said) for wrong in found.errors] == [(1, "head", "馆藏清单")]


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1500), "old_workbook"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1")
            + bytes(5000)
            + "EncryptedPackage".encode("utf-16-le")
            + bytes(99),
            "encrypted",
        ),
    ],
    ids=["xls", "password"],
)
def test_a_compound_file_is_old_or_has_a_password(octets, why):
    assert [(wrong.line, wrong.why) for wrong in read(octets, "a.xlsx").errors] == [(0, why)]


@pytest.mark.parametrize(
    ("part", "said", "why"),
    [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", "open_document"),
        ("xl/workbook.bin", "x", "workbook"),
        ("photo.jpg", "x", "workbook"),
    ],
)
def test_what_is_packed_and_no_workbook_is_said_so(part, said, why):
    octets = io.BytesIO()
    with ZipFile(octets, "w") as packed:
        packed.writestr(part, said)
    assert [wrong.why for wrong in read(octets.getvalue(), "a.xlsx").errors] == [why]
