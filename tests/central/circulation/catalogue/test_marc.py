"""Records, octet by octet."""

import pytest
from pymarc import Record

from central.circulation.catalogue import marc
from central.circulation.catalogue.columns import Unfit
from tests.central.circulation.catalogue.records import MARC21, cnmarc, record


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
@pytest.mark.parametrize("wrong_lengths", [False, True])
def test_a_chinese_record_is_read_in_either_charset_whatever_its_lengths_say(charset, wrong_lengths):
    found = marc.read(cnmarc(charset, wrong_lengths=wrong_lengths))
    assert found.format == "cnmarc"
    assert found.title == {
        "title": "三体 地球往事",
        "author": "刘慈欣著",
        "publisher": "重庆出版社",
        "year": "2008.1",
        "isbn": "978-7-5366-9293-0",
        "clc": "I247.55",
        "call_number": "I247.55/1",
        "language": "chi",
        "pages": "302页",
        "price": "CNY23.00",
        "control_number": "012002001234",
    }
    assert found.copies == (
        {"barcode": "B100", "home": "xian", "collection": "WJ"},
        {"barcode": "B101", "home": "cun"},
    )


def test_a_leader_that_says_utf8_of_gb18030_is_not_believed():
    assert marc.read(cnmarc(leader_09=b"a")).title["author"] == "刘慈欣著"


def test_a_marc21_record():
    found = marc.read(MARC21)
    assert found.format == "marc21"
    assert found.title == {
        "title": "San ti",
        "author": "Liu Cixin zhu.",
        "publisher": "Chongqing chu ban she",
        "year": "2008.",
        "isbn": "9787536692930",
        "call_number": "I247.55/1",
        "language": "chi",
        "price": "RMB23.00",
        "control_number": "ocm123",
    }
    assert found.copies == (
        {"barcode": "B200", "home": "xian", "place": "cun", "shelf": "A-3", "type": "book", "price": "23.00"},
    )


def test_records_are_cut_at_their_ends_and_a_damaged_one_spoils_no_other():
    whole = cnmarc()
    pieces = list(marc.cut(whole + b"\r\n" + whole[:40] + b"\x1d" + MARC21 + whole[:60]))
    assert len(pieces) == 4
    assert pieces[0] == whole
    assert pieces[2] == MARC21
    with pytest.raises(Unfit, match="record"):
        marc.read(pieces[1])
    with pytest.raises(Unfit, match="record_end"):
        marc.read(pieces[3])


def test_a_record_without_a_title_is_refused():
    with pytest.raises(Unfit, match="record_title"):
        marc.read(record((b"001", b"1"), (b"690", b"  \x1faI2")))


def test_a_kept_record_keeps_what_no_column_holds():
    written = marc.write({"call_number": "I247.55/9"}, [{"barcode": "B7", "home": "cun"}], cnmarc(), "cnmarc")
    again = Record(data=written)
    assert again.leader[9] == "a"
    assert again["606"]["a"] == "科学幻想小说"
    assert [(f["b"], f["a"], f["f"]) for f in again.get_fields("905")] == [("B7", "cun", "I247.55/9")]


def test_a_title_that_never_had_a_record_gets_one():
    cells = {"title": "乡土中国", "author": "费孝通", "isbn": "9787108006660", "call_number": "C912.82/1"}
    again = marc.read(marc.write(cells, [{"barcode": "B8", "home": "cun"}], b"", "cnmarc"))
    assert again.title == cells
    assert again.copies == ({"barcode": "B8", "home": "cun"},)
