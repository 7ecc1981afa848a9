"""Records, octet by octet."""

import io

import pytest
from pymarc import Record

from central.circulation.catalogue import marc, marc_writing
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


def test_a_marc21_record_in_gb18030_with_905_is_read():
    """As systems write them that were moved from CNMARC by hand."""
    fields = ((b"245", "10\x1fa乡土中国 /\x1fc费孝通著"), (b"905", "  \x1faxian\x1fbB300\x1fdC912\x1fe7"))
    found = marc.read(record(*((tag, said.encode("gb18030")) for tag, said in fields)))
    assert (found.format, found.title["title"], found.title["author"]) == ("marc21", "乡土中国", "费孝通著")
    assert found.title["call_number"] == "C912/7"
    assert found.copies == ({"barcode": "B300", "home": "xian"},)


def test_marc8_stays_marc8():
    found = marc.read(record((b"245", b"10\x1faLe caf\xe2e des \xe2etoiles /\x1fcH\xe2ector")))
    assert found.title["title"] == "Le café des étoiles"


def test_marc8_that_turns_to_chinese_letters_is_all_below_128():
    """As yaz-marcdump 5.34.0 writes 三體 = San ti."""
    found = marc.read(record((b"245", b"10\x1fa\x1b$1!0$!aZ\x1b(B =\x1fbSan ti")))
    assert found.title["title"] == "三體 = San ti"


def test_a_marc21_record_in_gbk_is_not_taken_for_marc8():
    """Characters beyond GB 2312, as yaz-marcdump 5.34.0 writes 三體 and 劉慈欣著."""
    found = marc.read(record((b"245", b"10\x1fa\xc8\xfd\xf3w /\x1fc\x84\xa2\xb4\xc8\xd0\xc0\xd6\xf8")))
    assert (found.title["title"], found.title["author"]) == ("三體", "劉慈欣著")


def test_records_are_cut_at_their_ends_and_a_damaged_one_spoils_no_other():
    whole = cnmarc()
    pieces = list(marc.cut(io.BytesIO(whole + b"\r\n" + whole[:40] + b"\x1d" + MARC21 + whole[:60])))
    assert len(pieces) == 4
    assert pieces[0] == whole
    assert pieces[2] == MARC21
    with pytest.raises(Unfit, match="record"):
        marc.read(pieces[1])
    with pytest.raises(Unfit, match="record_end"):
        marc.read(pieces[3])


@pytest.mark.parametrize(
    "field", [(b"690", b"  \x1faI2"), (b"200", b"1 \x1fa / "), (b"200", b"1 \x1ff\x1fa")]
)
def test_a_record_without_a_title_is_refused(field):
    with pytest.raises(Unfit, match="record_title"):
        marc.read(record((b"001", b"1"), field))


def test_a_record_in_latin_1_is_not_taken_for_marc8():
    with pytest.raises(Unfit, match="charset"):
        marc.read(record((b"245", "10\x1faCafé des étoiles".encode("latin-1"))))


def test_a_field_longer_than_its_length_can_say_is_read_whole():
    field = "  \x1fa" + "注" * 4000
    octets = marc.put_together(cnmarc(), ["200", "330"], ["1 \x1fa三体".encode(), field.encode()])
    assert marc.read(octets).title == {"title": "三体"}
    assert marc.decoded(octets, "cnmarc")["330"]["a"] == "注" * 4000


def test_a_field_with_several_barcodes_is_as_many_copies():
    """CALIS repeats b of 905: one field a branch."""
    found = marc.read(
        record(
            (b"200", "1 \x1fa三体".encode()),
            (b"905", b"  \x1faxian\x1fbB1\x1fbB2\x1fb \x1fdI247"),
            (b"905", b"  \x1facun\x1fdI247"),
        )
    )
    assert found.copies == ({"barcode": "B1", "home": "xian"}, {"barcode": "B2", "home": "xian"})
    assert found.unnamed == 1


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_a_subfield_whose_code_is_no_ascii_is_kept_and_goes_out(charset):
    """A full stop of full width after the mark, as it is typed in Chinese."""
    fields = ((b"200", "1 \x1fa三体\x1f．续\x1f\x1ff刘慈欣著"), (b"606", "0 \x1fa科学幻想小说"))
    octets = record(*((tag, said.encode(charset)) for tag, said in fields))
    title = marc.read(octets).title
    assert title == {"title": "三体", "author": "刘慈欣著"}
    (written,) = marc_writing.split(title, [{"barcode": "B1"}], octets, "cnmarc")
    again = marc.decoded(written, "cnmarc")
    assert [(one.code, one.value) for one in again["200"].subfields] == [
        ("a", "三体"), ("．", "续"), ("f", "刘慈欣著")
    ]  # fmt: skip
    assert again["606"]["a"] == "科学幻想小说"


def test_what_was_changed_by_hand_since_goes_out():
    cells = marc.read(cnmarc()).title | {"isbn": "9787536692930", "year": "2008", "title": "三体全集"}
    again = marc.read(marc_writing.write(cells | {"publisher": ""}, [], cnmarc(), "cnmarc"))
    assert (again.title["title"], again.title["author"]) == ("三体全集", "刘慈欣著")
    assert "publisher" not in again.title


def test_a_field_of_which_nothing_is_left_goes():
    octets = record((b"200", "1 \x1fa三体".encode()), (b"690", b"  \x1faI247"))
    assert "690" not in Record(data=marc_writing.write({"title": "三体"}, [], octets, "cnmarc"))


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", " " * 26 + "50" + " " * 8),
        (cnmarc(general="20080312d2008    em y0chiy0120    ea"), "20080312d2008    em y0chiy50      ea"),
    ],
    ids=["made", "kept in GB 18030"],
)
def test_a_chinese_record_says_its_charset_where_others_look(octets, said):
    """Perl's MARC::File::XML 1.0.5 dies of a record without it, and reads Latin-1 where it is 01."""
    again = Record(data=marc_writing.write({"title": "三体"}, [], octets, "cnmarc"))
    assert (again["100"]["a"], again.leader[5:8], again.leader[17:]) == (said, "nam", "   450 ")


def test_a_kept_record_says_what_was_not_changed_as_it_did():
    cells = marc.read(cnmarc()).title | {"isbn": "9787536692930", "year": "2008"}
    again = Record(data=marc_writing.write(cells, [], cnmarc(), "cnmarc"))
    assert (again["010"]["a"], again["210"]["d"], again["200"]["e"]) == (
        "978-7-5366-9293-0",
        "2008.1",
        "地球往事",
    )


def test_the_call_number_of_a_marc21_record_goes_out_with_its_copies():
    cells = marc.read(MARC21).title | {"year": "2008"}
    again = marc.read(marc_writing.write(cells, [{"barcode": "B9", "home": "cun"}], MARC21, "marc21"))
    assert again.title["call_number"] == "I247.55/1"
    assert again.copies == ({"barcode": "B9", "home": "cun"},)


def test_more_copies_than_a_record_holds_make_several_records():
    copies = [{"barcode": f"B{number:05}", "home": "xian"} for number in range(5000)]
    written = list(marc_writing.split({"title": "三体"}, copies, b"", "cnmarc"))
    assert len(written) > 1
    assert all(len(octets) <= marc.MAX_OCTETS for octets in written)
    assert [copy["barcode"] for octets in written for copy in marc.read(octets).copies] == [
        copy["barcode"] for copy in copies
    ]


def test_a_kept_record_that_cannot_be_written_leaves_its_title_and_copies():
    """In UTF-8 it is longer than it was in GB 18030."""
    notes = ((b"330", b"  \x1fa" + "注".encode("gb18030") * 4500) for _ in range(9))
    octets = record((b"200", "1 \x1fa三体".encode("gb18030")), *notes)
    (written,) = marc_writing.split({"title": "三体"}, [{"barcode": "B1"}], octets, "cnmarc")
    assert marc.read(written).title == {"title": "三体"}


def test_a_kept_record_keeps_what_no_column_holds():
    written = marc_writing.write(
        {"call_number": "I247.55/9"}, [{"barcode": "B7", "home": "cun"}], cnmarc(), "cnmarc"
    )
    again = Record(data=written)
    assert again.leader[9] == "a"
    assert again["606"]["a"] == "科学幻想小说"
    assert [(f["b"], f["a"], f["f"]) for f in again.get_fields("905")] == [("B7", "cun", "I247.55/9")]


def test_a_title_that_never_had_a_record_gets_one():
    cells = {"title": "乡土中国", "author": "费孝通", "isbn": "9787108006660", "call_number": "C912.82/1"}
    again = marc.read(marc_writing.write(cells, [{"barcode": "B8", "home": "cun"}], b"", "cnmarc"))
    assert again.title == cells
    assert again.copies == ({"barcode": "B8", "home": "cun"},)
