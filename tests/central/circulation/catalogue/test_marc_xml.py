"""MARCXML: what other programs write, what nobody should read, and back."""

import io
from itertools import chain, repeat

import pytest
from pymarc import Field, Indicators, Record, Subfield

from central.circulation.catalogue import marc, marc_writing, marc_xml
from central.circulation.catalogue.columns import Unfit
from tests.central.circulation.catalogue.records import MARC21, cnmarc, read

SLIM = "http://www.loc.gov/MARC21/slim"
YAZ = f"""<collection xmlns="{SLIM}">
<record>
  <leader>00402nam a2200145   450 </leader>
  <controlfield tag="001">012002001234</controlfield>
  <datafield tag="010" ind1=" " ind2=" ">
    <subfield code="a">978-7-5366-9293-0</subfield>
    <subfield code="d">CNY23.00</subfield>
  </datafield>
  <datafield tag="200" ind1="1" ind2=" ">
    <subfield code="a">三体</subfield>
    <subfield code="f">刘慈欣著 &amp; 编</subfield>
  </datafield>
  <datafield tag="905" ind1=" " ind2=" ">
    <subfield code="a">xian</subfield>
    <subfield code="b">B100</subfield>
  </datafield>
</record>
</collection>
"""
"""As yaz-marcdump 5.34.0 writes it."""
DP2 = """<?xml version="1.0" encoding="utf-8"?>
<dprms:collection xmlns:dprms="http://dp2003.com/dprms"><dprms:record>
<dprms:biblio path="中文图书/10" timestamp="c9"><unimarc:record xmlns:unimarc="http://dp2003.com/UNIMARC">
<unimarc:leader>00827nam0 2200229   45  </unimarc:leader>
<unimarc:controlfield tag="001">0192000006</unimarc:controlfield>
<unimarc:datafield tag="200" ind1="1" ind2=" "><unimarc:subfield code="a">大学物理</unimarc:subfield></unimarc:datafield>
<unimarc:datafield tag="905" ind1=" " ind2=" "><unimarc:subfield code="b">D1</unimarc:subfield></unimarc:datafield>
</unimarc:record></dprms:biblio><dprms:itemCollection/></dprms:record></dprms:collection>"""
OAI = f"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><metadata>
<marc:record xmlns:marc="{SLIM}"><marc:controlfield tag="FMT">BK</marc:controlfield>
<marc:datafield tag="245" ind1="1" ind2="0"><marc:subfield code="a">San ti /</marc:subfield></marc:datafield>
<marc:datafield tag="952" ind1=" " ind2=" "><marc:subfield code="p">O1</marc:subfield></marc:datafield>
</marc:record></metadata></record></ListRecords></OAI-PMH>"""


def xml(said, *, before="", around="collection"):
    return f'{before}<{around} xmlns="{SLIM}">{said}</{around}>'.encode()


def one(barcode, title="三体", rest=""):
    return (
        f'<record><datafield tag="200" ind1="1" ind2=" "><subfield code="a">{title}</subfield></datafield>{rest}'
        f'<datafield tag="905" ind1=" " ind2=" "><subfield code="b">{barcode}</subfield></datafield></record>'
    )


def wrong(octets):
    return [(wrong.line, wrong.why, wrong.said) for wrong in read(octets, "a.xml").errors]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            YAZ,
            {
                "title": "三体", "author": "刘慈欣著 & 编", "isbn": "9787536692930",
                "control_number": "012002001234", "barcode": "B100", "home": "xian", "price": 2300,
            },
        ),
        (DP2, {"title": "大学物理", "control_number": "0192000006", "barcode": "D1"}),
        (OAI, {"title": "San ti", "barcode": "O1"}),
        (YAZ.replace(SLIM, "info:lc/xmlns/marcxchange-v1"), None),
        (YAZ.replace(f' xmlns="{SLIM}"', ""), None),
        (YAZ[YAZ.index("<record>") : YAZ.index("</collection>")], None),
        (YAZ.replace("  <leader>00402nam a2200145   450 </leader>\n", ""), None),
    ],
    ids=["yaz", "dp2", "OAI-PMH", "MarcXchange", "no namespace", "one record", "no leader"],
)  # fmt: skip
def test_records_as_other_programs_write_them(text, values):
    found = read(text.encode(), "a.xml")
    assert found.errors == []
    assert found.lines[0].values == (values or read(YAZ.encode(), "a.xml").lines[0].values)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "GB2312", "gbk", "GB18030", "Big5"])
def test_a_file_is_in_the_charset_that_it_names(charset):
    octets = xml(one("B1", "邊城" if charset == "Big5" else "边城")).decode()
    head = f'<?xml version="1.0" encoding="{charset.removesuffix("-sig").upper()}"?>\n'
    found = read((head + octets).encode(charset), "a.xml")
    assert (found.errors, found.lines[0].values["title"]) == ([], "邊城" if charset == "Big5" else "边城")
    assert found.recognised().startswith("MARCXML · ")


def test_it_is_read_whatever_its_name_says():
    for name in ("a.marc", "a.utf8", "records"):
        assert read(YAZ.encode(), name).errors == []
    assert read(cnmarc(), "a.xml").errors == []


def test_a_record_is_kept_as_iso_2709():
    octets, form = read(YAZ.encode(), "a.xml").lines[0].record
    kept = Record(octets, force_utf8=True)
    assert (form, kept["200"]["f"], str(kept.leader)[5:12]) == ("cnmarc", "刘慈欣著 & 编", "nam a22")
    assert kept["200"].indicators == Indicators("1", " ")


def test_fields_within_a_field_are_none_of_the_record():
    """Of UNIMARC's linked fields some programs make elements."""
    linked = '<datafield tag="461" ind1=" " ind2="0"><s1><datafield tag="200" ind1="1" ind2=" ">'
    linked += (
        '<subfield code="a">丛书</subfield></datafield></s1><subfield code="x">1000</subfield></datafield>'
    )
    (line,) = read(xml(one("B1", rest=linked)), "a.xml").lines
    assert line.values["title"] == "三体"
    assert Record(line.record[0], force_utf8=True)["461"].subfields == [Subfield("x", "1000")]


@pytest.mark.parametrize(
    ("octets", "found"),
    [
        (YAZ.encode()[:400], [(1, "xml", "11:5")]),
        (xml(one("B1") + one("B2")).replace(b"</collection>", b""), [(3, "xml", "1:418")]),
        (xml(one("B1") + "<record><leader/></record>" + one("B2")), [(2, "record", "1:252")]),
        (xml(one("B1", title="三\x00体")), [(1, "xml", "1:119")]),
        (xml(one("B1", title="&nbsp;")), [(1, "xml", "1:118")]),
        (b'<?xml version="1.0" encoding="utf-8"?>' + xml(one("B1")).decode().encode("gbk"), [(1, "xml_charset", "1")]),
        (b'<?xml version="1.0" encoding="x-mac-roman"?>' + xml(one("B1")), [(0, "xml_unknown", "x-mac-roman")]),
        (b"<mods xmlns='http://www.loc.gov/mods/v3'/>", [(1, "xml_none", "")]),
        (b"<html><table><tr><td>1</td></tr></table></html>", [(1, "xml_none", "")]),
        (xml(""), [(1, "xml_none", "")]),
        ('<a:b xmlns:a="a\u2003b\u2003c"><a:record a:x="1"/></a:b>'.encode(), [(1, "xml_none", "")]),
    ],
    ids=["cut", "no end", "no field", "NUL", "entity", "charset", "strange charset", "MODS", "HTML", "empty", "blanks"],
)  # fmt: skip
def test_what_is_wrong_is_told_by_record_and_place(octets, found):
    assert wrong(octets) == found


BOMB = "<!DOCTYPE a [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12))


@pytest.mark.parametrize(
    ("doctype", "entity"),
    [
        (f"{BOMB}]>", "&e11;"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE a SYSTEM "http://localhost:9/a.dtd">', ""),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://localhost:9/a.dtd"> %x;]>', ""),
    ],
    ids=["bomb", "file", "external DTD", "parameter entity"],
)
def test_no_entity_is_followed(doctype, entity):
    assert wrong(xml(one("B1", title=entity), before=doctype)) == [(1, "xml_doctype", "")]


class Endless(io.RawIOBase):
    """Pieces without end."""

    def __init__(self, head, again):
        self.pieces = chain([head], repeat(again))
        self.given = 0

    def read(self, _size=-1):
        octets = next(self.pieces)
        self.given += len(octets)
        return octets


@pytest.mark.parametrize(
    ("head", "again", "why"),
    [
        ("<collection><record><datafield tag='200'><subfield code='a'>", "x" * 65536, "record_long"),
        (
            "<collection><record>",
            "<datafield tag='200'><subfield code='a'/></datafield>" * 999,
            "record_long",
        ),
        ("<collection><!--", "x" * 65536, "xml"),
        ("<collection a='", "x" * 65536, "xml"),
        ("<collection>", "<a>", "xml"),
        ("<collection><record>", "<record>", "xml"),
    ],
    ids=["text", "elements", "comment", "attribute", "depth", "records within records"],
)
def test_what_has_no_end_is_bounded(head, again, why):
    file = Endless(head.encode(), again.encode())
    found = marc_xml.records(file)
    if why == "xml":
        assert [piece.why for piece in found] == ["xml"]
    else:
        parser = marc_xml.DefusedExpatParser(namespaceHandling=1, forbid_dtd=True)
        handler = marc_xml._Records(parser)
        parser.setContentHandler(handler)
        for _ in range(64):
            parser.feed(file.read().decode())
        assert handler._wrong.why == why
        assert sum(map(len, handler._text)) + sum(map(len, handler._field)) < marc.MAX_RECORD
    assert file.given < 64 * 70_000


@pytest.mark.parametrize("said", ["<a{}/>", "<a b{}=''/>", "<a xmlns='b{}'/>", "<a xmlns:b{}='c'/>"])
def test_names_without_end_are_refused(said):
    names = "".join(said.format(number) for number in range(marc_xml.NAMES + 1))
    assert [why for _, why, _ in wrong(xml(one("B1") + names))] == ["xml"]


def test_elements_stand_as_deep_as_any_program_puts_them():
    around = marc_xml.DEPTH - len(("collection", "record", "datafield", "subfield"))
    found = read(xml("<a>" * around + one("B1") + "</a>" * around + one("B2")), "a.xml")
    assert (found.errors, len(found.lines)) == ([], 2)


def test_records_come_before_the_file_has_ended():
    file = Endless(b"<collection>", one("B1").encode())
    found = marc_xml.records(file)
    assert isinstance(next(found), bytes)
    assert file.given < 1000


def test_a_record_that_is_too_long_is_told_and_the_others_are_read():
    long = (
        '<datafield tag="330" ind1=" " ind2=" "><subfield code="a">'
        + "长" * marc.MAX_RECORD
        + "</subfield></datafield>"
    )
    found = read(xml(one("B1") + one("B2", rest=long) + one("B3")), "a.xml")
    assert [(wrong.line, wrong.why) for wrong in found.errors] == [(2, "record_long")]
    assert [line.values["barcode"] for line in found.lines] == ["B1", "B3"]


def test_a_field_longer_than_iso_2709_can_say_is_kept_and_goes_out_again():
    note = "注" * 5000
    field = f'<datafield tag="330" ind1=" " ind2=" "><subfield code="a">{note}</subfield></datafield>'
    (line,) = read(xml(one("B1", rest=field)), "a.xml").lines
    record = marc.decoded(*line.record)
    assert record["330"]["a"] == note
    out = marc_xml.HEAD + marc_xml.element(record) + marc_xml.FOOT
    assert read(out, "a.xml").lines[0].record == line.record


@pytest.mark.parametrize("octets", [MARC21, cnmarc("utf-8")], ids=["MARC 21", "CNMARC"])
def test_a_record_goes_out_and_comes_back_as_it_was(octets):
    found = marc.read(octets)
    out = marc_xml.HEAD + marc_xml.element(marc.decoded(octets, found.format)) + marc_xml.FOOT
    (again,) = marc_xml.records(io.BytesIO(out))
    assert marc.read(again).title == found.title
    assert marc.read(again).copies == found.copies
    assert again[24:] == octets[24:]


@pytest.mark.parametrize(
    ("octets", "leader"),
    [
        (b"", b"00000nam0a2200000   450 "),
        (cnmarc(wrong_lengths=True), b"00000nam a2200000   450 "),
    ],
    ids=["made", "kept"],
)
def test_no_length_goes_out(octets, leader):
    """yaz-marcdump 5.34.0 complains of blanks, others believe what stands there."""
    record = marc_writing.corrected({"title": "三体"}, [], octets, "cnmarc")
    assert b"<leader>" + leader + b"</leader>" in marc_xml.element(record)


def test_what_xml_cannot_say_is_left_out():
    record = Record()
    record.add_ordered_field(Field("200", Indicators("1", " "), [Subfield("a", "三\x1b\x00体\ufffe <&>")]))
    (piece,) = marc_xml.records(io.BytesIO(marc_xml.HEAD + marc_xml.element(record) + marc_xml.FOOT))
    assert not isinstance(piece, Unfit)
    assert marc.read(piece).title["title"] == "三体 <&>"
