"""A charset that a person has named: all of a file is read in it, and what is none of it is told with its place."""

import pytest

from central.circulation.catalogue import charsets, words
from central.circulation.catalogue.charsets import CHOICES
from tests.central.circulation.catalogue.records import MARC21, cnmarc, read, record
from tests.central.circulation.catalogue.test_reading import workbook
from tests.house.tree import ROOT

SAID = {
    "utf-8": "三体ئۇيغۇر",
    "gb18030": "B超",
    "big5": "B超",
    "utf-16": "三体",
    "marc-8": "Grøn bog om søer",
    "euc-kr": "태백산맥",
    "shift-jis": "ノルウェイの森",
    "windows-1252": "Étoiles à “Noël”",
    "windows-1251": "Война и мир",
}
"""By what may be chosen; most of it is refused or taken for something else where nobody says what it is."""
TABLES = {name: said for name, said in SAID.items() if name != "marc-8"}
RECORDS = {name: said for name, said in SAID.items() if name not in {"marc-8", "utf-16"}}
CUT = {"utf-8": b"\xff", "gb18030": b"\xff", "big5": b"\xff", "euc-kr": b"\xff", "shift-jis": b"\x82 "} | {
    "windows-1252": b"\x81",
    "windows-1251": b"\x98",
}
"""An octet that is no character."""


def title(octets, name, choice=None):
    """The title that a file of one line says, and what it was read as."""
    found = read(octets, name, codec=CHOICES[choice] if choice else None)
    assert found.errors == []
    return found.lines[0].values["title"], found.recognised()


def wrong(octets, name, choice):
    found = read(octets, name, codec=CHOICES[choice])
    return [(wrong.line, wrong.column, wrong.why, wrong.said) for wrong in found.errors]


def table(said):
    return f"barcode,title\nB1,{said}\n"


def marc21(title, tag=b"245"):
    return record((tag, b"10\x1fa" + title), (b"952", b"  \x1fpB1"))


def xml(said, charset="utf-8"):
    return (
        f'<?xml version="1.0" encoding="{charset}"?><record><datafield tag="245" ind1="1" ind2="0">'
        f'<subfield code="a">{said}</subfield></datafield></record>'
    )


@pytest.mark.parametrize("choice", TABLES)
def test_a_table_is_read_in_what_was_chosen(choice):
    octets = table(SAID[choice]).encode(CHOICES[choice])
    assert title(octets, "a.csv", choice) == (SAID[choice], f"CSV · {words.CHARSETS[CHOICES[choice]]}")


@pytest.mark.parametrize("mark", [b"", b"\xff\xfe", b"\xfe\xff"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_that_was_chosen_is_read_with_its_mark_or_without(codec, mark):
    octets = (mark and "\ufeff".encode(codec)) + table("三体").encode(codec)
    assert title(octets, "a.csv", "utf-16")[0] == "三体"


@pytest.mark.parametrize("choice", RECORDS)
@pytest.mark.parametrize("tag", [b"200", b"245"])
def test_a_record_is_read_in_what_was_chosen_and_kept_in_utf8(choice, tag):
    octets = marc21(SAID[choice].encode(CHOICES[choice]), tag)
    assert title(octets, "a.mrc", choice) == (SAID[choice], f"ISO 2709 · {words.CHARSETS[CHOICES[choice]]}")
    (line,) = read(octets, "a.mrc", codec=CHOICES[choice]).lines
    assert line.record[0] == marc21(SAID[choice].encode(), tag)


@pytest.mark.parametrize("choice", TABLES)
def test_xml_is_read_in_what_was_chosen_whatever_it_names(choice):
    octets = xml(SAID[choice], "x-mac-roman").encode(CHOICES[choice])
    assert title(octets, "a.xml", choice)[0] == SAID[choice]


def test_xml_that_names_a_charset_of_the_list_is_read_in_it():
    for named, choice in (("EUC-KR", "euc-kr"), ("Shift_JIS", "shift-jis"), ("windows-1251", "windows-1251")):
        octets = xml(SAID[choice], named).encode(CHOICES[choice])
        assert title(octets, "a.xml") == (SAID[choice], f"MARCXML · {words.CHARSETS[CHOICES[choice]]}")


@pytest.mark.parametrize("choice", CUT)
def test_an_octet_that_is_none_of_it_is_told_with_its_place(choice):
    octets = table(SAID[choice]).encode(CHOICES[choice]) + b"B2,x" + CUT[choice] + b"\n"
    assert [place[:3] for place in wrong(octets, "a.csv", choice)] == [(3, "title", "lost")]
    good = marc21(SAID[choice].encode(CHOICES[choice]))
    assert wrong(good + marc21(b"x" + CUT[choice]), "a.mrc", choice) == [(2, "245", "record_octets", "")]
    damaged = xml("\n\n@", choice).encode(CHOICES[choice]).replace(b"@", CUT[choice])
    assert wrong(damaged, "a.xml", choice) == [(1, "", "xml_charset", "3")]


def test_a_head_that_cannot_be_read_is_told_before_all_else():
    octets = "条码号,题名\nB1,三体\n".encode("gb18030")
    assert [place[:3] for place in wrong(octets, "a.csv", "utf-8")] == [(1, "", "lost")]


@pytest.mark.parametrize(
    ("octets", "name", "choice", "why", "said"),
    [
        (table("x").encode(), "a.csv", "marc-8", "charset_form", "CSV · MARC-8"),
        (MARC21, "a.mrc", "utf-16", "charset_form", "ISO 2709 · UTF-16"),
        (xml("x").encode(), "a.xml", "marc-8", "charset_form", "MARCXML · MARC-8"),
        (table("三体").encode("utf-8-sig"), "a.csv", "gb18030", "charset_mark", "UTF-8"),
        (table("三体").encode("utf-16"), "a.csv", "utf-8", "charset_mark", "UTF-16"),
        (xml("三体").encode("utf-16"), "a.xml", "big5", "charset_mark", "UTF-16"),
    ],
)
def test_what_a_file_cannot_be_in_is_said(octets, name, choice, why, said):
    assert wrong(octets, name, choice) == [(0, "", why, said)]


def test_a_workbook_needs_no_choice():
    found = read(workbook(["barcode"], ["B1"]), "a.xlsx", codec=CHOICES["gb18030"])
    assert [(notice.line, notice.why) for notice in found.notices] == [(0, "charset_workbook")]
    assert (found.errors, found.recognised()) == ([], "Excel")


def test_records_in_utf8_and_marc8_say_so():
    assert read(cnmarc("utf-8"), "a.mrc").recognised() == "ISO 2709 · UTF-8"
    assert read(marc21(b"Gr\xb2n bog"), "a.mrc").recognised() == "ISO 2709 · MARC-8"


class TestMarc8:
    """Letters of ANSEL with their marks before them; other sets behind an escape."""

    def test_it_is_kept_as_it_is_where_it_can_be_nothing_else(self):
        octets = marc21(b"Gr\xb2n bog om s\xb2er")
        assert title(octets, "a.mrc", "marc-8") == (SAID["marc-8"], "ISO 2709 · MARC-8")
        assert read(octets, "a.mrc", codec="marc-8").lines[0].record[0] == octets

    def test_marks_in_pairs_that_pass_for_chinese_are_read(self):
        """Two marks stand over one letter in Vietnamese: octets as GB 2312 has them."""
        octets = marc21(b"Vi\xf2\xe3et Nam")
        assert read(octets, "a.mrc").errors or title(octets, "a.mrc")[0] != "Việt Nam"
        assert title(octets, "a.mrc", "marc-8")[0] == "Việt Nam"
        assert read(octets, "a.mrc", codec="marc-8").lines[0].record[0] == marc21("Việt Nam".encode())

    def test_it_is_read_in_cnmarc_too(self):
        assert title(marc21(b"Gr\xb2n bog", b"200"), "a.mrc", "marc-8")[0] == "Grøn bog"

    def test_its_other_letters_stand_behind_an_escape(self):
        octets = marc21(b"\x1b(N\x77\x4f\x4a\x4e\x41\x1b(B War")
        assert title(octets, "a.mrc", "marc-8")[0] == "Война War"

    def test_an_octet_that_it_does_not_have_is_told(self):
        assert wrong(marc21(b"Caf\xfc"), "a.mrc", "marc-8") == [(1, "245", "record_octets", "")]


def test_a_damaged_record_is_damaged_in_every_charset():
    assert [place[:3] for place in wrong(cnmarc()[:-1], "a.mrc", "gb18030")] == [(1, "", "record_end")]
    damaged = cnmarc().replace(b"\x1e", b"", 2)
    assert [place[2] for place in wrong(damaged + cnmarc(), "a.mrc", "gb18030")] == ["record"]


def test_every_choice_has_its_words_and_stands_in_the_docs():
    assert list(words.CHOICES) == list(CHOICES)
    assert {codec for codec in CHOICES.values() if codec not in words.CHARSETS} == set()
    said = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    assert [name for name in CHOICES if f"`{name}`" not in said] == []
    assert set(charsets.CHARSETS) <= set(CHOICES.values())
