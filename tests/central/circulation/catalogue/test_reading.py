"""Files as people send them: every wrong line is named, none is half read."""

import io
from datetime import date
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from central.circulation.catalogue import marc, reading, tables, workbooks
from central.circulation.catalogue.columns import COLUMNS, plain
from central.circulation.catalogue.words import WHY
from tests.central.circulation.catalogue.records import cnmarc, read, record
from tests.house.tree import ROOT


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_with_chinese_headings(encoding, delimiter):
    text = "条 码,书名,定价,出版日期,状态\r\n0001,三体,¥23.00,2008年1月,在架\r\n".replace(",", delimiter)
    found = read(text.encode(encoding), "书目.CSV", "items")
    assert found.errors == []
    assert found.lines == [
        reading.Line(
            2, {"barcode": "0001", "title": "三体", "price": 2300, "year": "2008", "status": "available"}
        )
    ]


def test_a_workbook_with_numbers_and_dates():
    octets = workbook(
        ["读者证号", "姓名", "有效期至", None], [20260001, "周晓雨", date(2030, 1, 2)], [], ["A1"]
    )
    found = read(octets, "a.xlsx", "readers")
    assert found.errors == []
    assert [line.number for line in found.lines] == [2, 4]
    assert found.lines[0].values["card"] == "20260001"
    assert f"{found.lines[0].values['expires']}" == "2030-01-02"


@pytest.mark.parametrize(
    ("text", "line", "column", "why"),
    [
        ("条码号,题名\n,三体\n", 2, "barcode", "needed"),
        ("条码号,题名\nB 1,三体\n", 2, "barcode", "number"),
        ("条码号,题名\nB|1,三体\n", 2, "barcode", "number"),
        ("条码号,题名\n" + "9" * 65 + ",三体\n", 2, "barcode", "long"),
        ("条码号,题名\nB1," + "长" * 301 + "\n", 2, "title", "long"),
        ("条码号,题名\nB1,三\u202e体\n", 2, "title", "control"),
        ("条码号,题名\nB1,三\x07体\n", 2, "title", "control"),
        ("条码号,题名\n6.22848E+18,三体\n", 2, "barcode", "rounded"),
        ("条码号,题名\n6901234567890.0,三体\n", 2, "barcode", "decimal"),
        ("条码号,题名\n2008/1/2,三体\n", 2, "barcode", "dated"),
        ("条码号,题名\n1月2日,三体\n", 2, "barcode", "dated"),
        ("条码号,题名\nB\0001,三体\n", 2, "barcode", "control"),
        ("条码号,题名\nB1,三\ufffd\n", 2, "title", "lost"),
        ('条码号,题名\nB1,三体\nB2,"边\n城"\nB3,"a"b\n', 5, "", "csv"),
        ("条码号,题名\nB1,三体\nB2", 3, "", "cut"),
        ("藏书清单\n条码号,题名\nB1,三体\nB2", 4, "", "cut"),
        ("条码号,题名\nB1," + "x" * (tables.MAX_CHARACTERS + 1), 2, "", "line_long"),
        ("条码号,价格\nB1,十元\n", 2, "price", "money"),
        ("条码号,价格\nB1,-1\n", 2, "price", "money"),
        ("条码号,价格\nB1,1.234\n", 2, "price", "money"),
        ("条码号,价格\nB1,NaN\n", 2, "price", "money"),
        ("条码号,入藏日期\nB1,2026-02-30\n", 2, "added", "date"),
        ("条码号,入藏日期\nB1,202611\n", 2, "added", "date"),
        ("条码号,入藏日期\nB1,2026112\n", 2, "added", "date"),
        ("条码号,件数\nB1,0\n", 2, "parts", "parts"),
        (f"条码号,件数\nB1,{'9' * 5000}\n", 2, "parts", "parts"),
        ("条码号,状态\nB1,在天上\n", 2, "status", "choice"),
        ("条码号,题名\nB1,三体\nB1,三体\n", 3, "barcode", "twice"),
        ("条码号,题名\nB1,三体,多余\n", 2, "", "fields"),
        ("题名\n三体\n", 1, "barcode", "head"),
        ("条码号,条码\nB1,B1\n", 1, "barcode", "heading_twice"),
        ('条码号,题名\nB1,"三体\n', 2, "", "csv"),
        ("条码号,题名\n", 0, "", "empty"),
        ("\n\n", 0, "", "empty"),
        ("", 0, "", "empty"),
    ],
)
def test_what_is_wrong_is_named(text, line, column, why):
    found = read(text.encode(), "a.csv", "items")
    assert (found.errors[0].line, found.errors[0].column, found.errors[0].why) == (line, column, why)
    assert why in WHY


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("title", "王\u3000伟", "王 伟"),
        ("title", "\ufeff三\u200b体", "三体"),
        ("title", "三体\n\u00a0黑暗森林", "三体 黑暗森林"),
        ("title", "Le cafe\u0301 des e\u0301toiles", "Le café des étoiles"),
        ("title", "\u182e\u180e\u1820", "\u182e\u180e\u1820"),
        ("title", "\ue000\U00031350", "\ue000\U00031350"),
        ("isbn", "ISBN 978－7－02－000220－7（精装）", "9787020002207"),
        ("isbn", "978\u20137\u201302\u2013000220\u20137;9787020002214", "9787020002207"),
        ("isbn", "7-02-000220-x(平装)", "9787020002207"),
        ("isbn", "10019·1234", "10019·1234"),
        ("added", "2026/1/2 0:00", date(2026, 1, 2)),
        ("added", "20260102", date(2026, 1, 2)),
        ("added", "2026年1月2日", date(2026, 1, 2)),
        ("added", "2026-01-02 14:25:36.0", date(2026, 1, 2)),
    ],
)
def test_cells_as_other_systems_write_them(column, cell, value):
    found = read(f'barcode,{column}\nB1,"{cell}"\n'.encode(), "a.csv", "items")
    assert (found.errors, found.lines[0].values[column]) == ([], value)


@pytest.mark.parametrize(
    ("cell", "why"), [(20260001, ""), (6228480402564890018, "rounded"), (1.2e19, "rounded")]
)
def test_a_number_that_a_spreadsheet_has_rounded_is_no_card(cell, why):
    found = read(workbook(["card"], [cell]), "a.xlsx", "readers")
    assert [wrong.why for wrong in found.errors] == ([why] if why else [])


@pytest.mark.parametrize(
    ("form", "card"),
    [
        ("0000000", "0012345"),
        ('"B"0000000', "B0012345"),
        (r"\B00", "B12345"),
        ("0", "12345"),
        ("#,##0", "12345"),
        ("General", "12345"),
    ],
)
def test_a_number_keeps_the_zeros_that_its_form_shows(form, card):
    book = Workbook()
    book.active.append(["card"])
    book.active["A2"] = 12345
    book.active["A2"].number_format = form
    octets = io.BytesIO()
    book.save(octets)
    assert read(octets.getvalue(), "a.xlsx", "readers").lines[0].values == {"card": card}


@pytest.mark.parametrize(("cell", "blocked"), [(True, True), (False, False)])
def test_a_box_that_is_ticked_in_a_spreadsheet_says_yes(cell, blocked):
    found = read(workbook(["card", "blocked"], ["R1", cell]), "a.xlsx", "readers")
    assert found.lines[0].values["blocked"] is blocked


def test_a_price_is_what_the_spreadsheet_shows():
    found = read(workbook(["barcode", "price"], ["B1", 0.1 + 0.2]), "a.xlsx", "items")
    assert found.lines[0].values["price"] == 30


SHEET = "xl/worksheets/sheet1.xml"


def patched(part, change):
    """A workbook of one line with one part changed."""
    octets = io.BytesIO()
    with ZipFile(io.BytesIO(workbook(["barcode"], ["B1"]))) as whole, ZipFile(octets, "w") as packed:
        for name in whole.namelist():
            packed.writestr(name, change(whole.read(name)) if name == part else whole.read(name))
    return octets.getvalue()


def entity(part):
    return b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>' + part


@pytest.mark.parametrize(
    ("part", "change", "why"),
    [
        (SHEET, lambda part: part[:200], "workbook"),
        ("xl/workbook.xml", lambda part: part[:100], "workbook"),
        (SHEET, entity, "workbook"),
        (SHEET, lambda part: part.replace(b'r="2"', b'r="2000000000"'), "lines"),
    ],
)
def test_a_damaged_workbook_is_told_from_a_good_one(part, change, why):
    assert [wrong.why for wrong in read(patched(part, change), "a.xlsx", "items").errors] == [why]


def test_a_sheet_of_blanks_is_not_read_for_ever(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_CELLS", 100)
    found = read(workbook(["barcode"], *([None] * 60 + ["B1"] for _ in range(3))), "a.xlsx", "items")
    assert "lines" in {wrong.why for wrong in found.errors}


def test_a_file_without_line_ends_is_no_table():
    found = read(b"," * (tables.MAX_CHARACTERS + 1), "a.csv", "items")
    assert [wrong.why for wrong in found.errors] == ["line_long"]


@pytest.mark.parametrize(
    ("octets", "name", "why"),
    [
        (b"\xff\xff\xff", "a.csv", "charset"),
        (b"PK\x03\x04 no workbook", "a.xlsx", "workbook"),
        (b"x", "a.pdf", "format"),
        (b"x", "noending", "format"),
        (b"no record", "a.mrc", "record_end"),
        (b"0" * (marc.MAX_RECORD + 100_000), "a.mrc", "record_end"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(99), "a.xls", "old_workbook"),
        (b"%PDF-1.4\n\xe2\xe3\xcf\xd3" + bytes(range(256)) * 9, "a.csv", "charset"),
        (b"", "a.xml", "empty"),
    ],
)
def test_what_is_no_table_is_said_so(octets, name, why):
    assert [wrong.why for wrong in read(octets, name, "items").errors] == [why]


@pytest.mark.parametrize("octets", [cnmarc(), workbook(["barcode"], ["B1"])], ids=["mrc", "xlsx"])
@pytest.mark.parametrize("name", ["a.csv", "a.xml", "a.dat", "noending"])
def test_what_a_file_is_shows_in_what_it_begins_with(octets, name):
    assert read(octets, name).errors == []


def test_the_line_that_names_the_separator_is_none():
    found = read("sep=;\n条码号;题名\nB1;三体,地球\n".encode(), "a.csv")
    assert (found.errors, found.lines[0].values) == ([], {"barcode": "B1", "title": "三体,地球"})


@pytest.mark.parametrize("text", ["条码号,题名\nB1,三体\n", "barcode,title\nB1,x\n"])
@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf16_is_known_without_its_mark(text, charset):
    found = read(text.encode(charset), "a.csv")
    assert (found.errors, found.lines[0].values["barcode"]) == ([], "B1")


def test_a_last_line_without_an_end_is_whole_where_others_are_as_short():
    found = read("条码号,题名,责任者\nB1,三体\nB2,边城".encode(), "a.csv")
    assert [line.values["title"] for line in found.lines] == ["三体", "边城"]


@pytest.mark.parametrize("cell", [date(2008, 1, 2), 6901234567890.5])
def test_what_is_no_number_in_a_workbook_is_no_barcode(cell):
    found = read(workbook(["barcode"], [cell], [6901234567890.0]), "a.xlsx")
    assert [line.values["barcode"] for line in found.lines][-1] == "6901234567890"
    assert [wrong.line for wrong in found.errors] == [2]


def test_readers_do_not_come_as_records():
    assert read(cnmarc(), "a.mrc", "readers").errors[0].why == "records"


def test_a_column_that_nobody_knows_is_left_out_and_told():
    found = read("条码号,密码\nB1,123456\n".encode(), "a.csv", "items")
    assert found.lines == [reading.Line(2, {"barcode": "B1"})]
    assert [(notice.column, notice.why) for notice in found.notices] == [("密码", "heading")]


def test_one_wrong_line_of_many_is_the_only_one_told():
    good = [f"B{n},题名{n}" for n in range(5000)]
    good[3210] = ",无条码"
    found = read("\n".join(["条码号,题名", *good]).encode(), "a.csv", "items")
    assert [(wrong.line, wrong.why) for wrong in found.errors] == [(3212, "needed")]
    assert found.wrong == 1


def test_of_a_number_that_comes_twice_both_lines_are_told():
    found = read("条码号,题名\nB1,三体\n\nB2,边城\nB1,论语\n".encode(), "a.csv")
    assert [(wrong.line, wrong.why, wrong.said) for wrong in found.errors] == [(5, "twice", "B1 (2)")]


def test_errors_beyond_the_first_are_counted():
    found = read(("条码号\n" + "a b\n" * 900).encode(), "a.csv", "items")
    assert (len(found.errors), found.wrong) == (reading.MAX_SHOWN, 900)


def test_more_lines_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINES", 3)
    found = read(b"barcode\n1\n2\n3\n4\n", "a.csv", "items")
    assert [wrong.why for wrong in found.errors] == ["lines"]


def test_progress_is_told():
    heard = []
    read(("barcode\n" + "".join(f"{n}\n" for n in range(5000))).encode(), "a.csv", "items", heard.append)
    assert heard == [2000, 4000]


def test_a_record_gives_a_line_a_copy_and_cuts_what_is_too_long():
    found = read(cnmarc(), "a.mrc", "items")
    assert [line.values["barcode"] for line in found.lines] == ["B100", "B101"]
    assert found.lines[0].values["year"] == "2008"
    assert found.lines[0].values["price"] == 2300
    assert found.lines[0].record == (cnmarc(), "cnmarc")


def test_a_copy_without_a_barcode_is_told():
    octets = record((b"200", b"1 \x1faA"), (b"905", b"  \x1fbB1"), (b"905", b"  \x1faxian"))
    found = read(octets, "a.mrc", "items")
    assert [line.values["barcode"] for line in found.lines] == ["B1"]
    assert [(notice.line, notice.why) for notice in found.notices] == [(1, "unnamed")]


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx", "a.mrc", "a.txt", "a.xml"]))
def test_nothing_crashes_it(octets, name):
    found = read(octets, name, "items")
    assert found.lines or found.errors


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_record_in_xml_crashes_it(one, other):
    octets = b'<record><datafield tag="200"><subfield code="a">' + one + b"</subfield></datafield>"
    found = read(octets + other + b"</record>", "a.xml")
    assert found.lines or found.errors


@given(st.binary(max_size=120))
def test_no_record_crashes_it(noise):
    whole = cnmarc()
    found = read(whole[:200] + noise + whole[220:] + noise + whole, "a.mrc", "items")
    assert found.lines or found.errors


@pytest.mark.parametrize(
    "formula", ["=1+1", "+8613800000000", "-2", "@SUM(A1)", "\t=1", "'=1+1", "''-2", "＝1+1"]
)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_is_a_formula_and_all_come_back(formula, form):
    octets = io.BytesIO()
    write = {"csv": tables.write_csv, "xlsx": workbooks.write}[form]
    write([["条码号", "题名"], ["0001", formula]], octets)
    if form == "csv":
        assert f",'{formula}".encode() in octets.getvalue()
    else:
        sheet = load_workbook(octets).active
        assert (sheet["B2"].data_type, sheet["A2"].value) == ("s", "0001")
    found = read(octets.getvalue(), f"a.{form}", "items")
    assert found.lines[0].values["title"] == formula.strip()


@pytest.mark.parametrize("kind", COLUMNS)
def test_no_two_columns_share_a_heading(kind):
    said = [plain(heading) for column in COLUMNS[kind] for heading in {column.name, column.zh, *column.also}]
    assert len(said) == len({*said}) + sum(
        1 for column in COLUMNS[kind] if plain(column.zh) == plain(column.name)
    )


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_stands_in_the_docs(kind):
    said = " ".join((ROOT / "docs/catalogue.md").read_text(encoding="utf-8").split())
    for column in COLUMNS[kind]:
        assert f"{column.zh} {column.name}" in said
