"""Chinese in every charset that libraries write: read as what it is, or refused."""

import pytest

from central.circulation.catalogue import charsets, columns
from central.circulation.catalogue.charsets import recognised
from central.circulation.catalogue.columns import COLUMNS, plain
from tests.central.circulation.catalogue.records import MARC21, cnmarc, read, record

SIMPLE = "条码号,题名,责任者,出版社\nB1,边城,沈从文,人民文学出版社\n"
TRADITIONAL = "條碼號,題名,責任者,出版社\nB1,邊城,沈從文,人民文學出版社\n"
FICTION = (
    (b"001", "tw001"),
    (b"245", "10\x1fa三體 /\x1fc劉慈欣著 ; 國家圖書館編輯"),
    (b"264", " 1\x1fa臺北市 :\x1fb貓頭鷹出版社,\x1fc2011."),
    (b"905", "  \x1faxian\x1fbT100\x1fdI247"),
)


def fiction(charset):
    return record(*((tag, said.encode(charset)) for tag, said in FICTION))


@pytest.mark.parametrize(
    ("text", "charset", "found"),
    [
        (SIMPLE, "utf-8", "utf-8"),
        (SIMPLE, "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        ("書名,條碼\n香港嘅茶餐廳喺邊,B1\n一個㗎喇嘅人同埋佢哋,B2\n", "big5hkscs", "big5hkscs"),
        ("题名\nノルウェイの森\nВойна и мир\n", "gb18030", "gb18030"),
        ("barcode,title\nB1,赟\n", "gb18030", "gb18030"),
        ("题名\nئۇيغۇر تىلى\n", "gb18030", "gb18030"),
        ("ノルウェイの森 村上春樹 講談社 文庫", "shift_jis", None),
        ("ノルウェイの森", "shift_jis", None),
        ("Études économiques", "cp1252", None),
        ("ÉTUDES ÜBER ÎLES", "cp1252", None),
        ("阿Q", "gb18030", "gb18030"),
        ("从a到b,王小明", "gb18030", "gb18030"),
        ("Le café des étoiles, bøger om søer og øl", "cp1252", None),
        ("Война и мир", "koi8-r", None),
        ("Le cafe\u0301 des e\u0301toiles", "utf-8", "utf-8"),
    ],
)
def test_a_text_is_in_the_charset_in_which_it_says_something(text, charset, found):
    assert recognised(text.encode(charset)) == found


def test_a_few_octets_of_damage_change_no_charset():
    for charset, text in (("utf-8", SIMPLE), ("gb18030", SIMPLE), ("big5hkscs", TRADITIONAL)):
        assert recognised(text.encode(charset) + b"\xff\n") == charset


@pytest.mark.parametrize(
    ("text", "charset"),
    [(SIMPLE, "gb18030"), (TRADITIONAL, "gb18030"), (TRADITIONAL, "big5"), (SIMPLE, "utf-16")],
)
def test_a_table_says_the_same_in_each(text, charset):
    found = read(text.encode(charset), "a.csv")
    said = text.split("\n")[1].split(",")
    assert found.errors == []
    assert found.lines[0].values == dict(zip(("barcode", "title", "author", "publisher"), said, strict=True))


@pytest.mark.parametrize(("line", "charset"), [("Z1,边城\n", "gb18030"), ("Z1,邊城與書店\n", "big5hkscs")])
def test_a_table_that_begins_with_much_latin_is_read(line, charset):
    latin = "".join(f"B{number},{'The Border Town ' * 6}\n" for number in range(12_000))
    octets = f"barcode,title\n{latin}{line}".encode(charset)
    found = read(octets, "a.csv")
    assert len(latin) > charsets.SAMPLE
    assert (found.errors, found.charset) == ([], charset)
    assert found.lines[-1].values["title"] == line.split(",")[1].strip()


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_heading_can_be_written_in_big5(kind):
    traditional = {simple: character for character, simple in reversed(columns.SIMPLE.items())}
    for heading in columns.headings(kind):
        written = heading.translate(traditional)
        assert plain(written.encode("big5").decode("big5")) == heading


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_an_octet_that_is_no_character_is_named_with_its_line(charset):
    lines = [f"B{n},边城,沈从文".encode(charset) for n in range(3000)]
    lines[1234] = lines[1234].replace(b"B1234", b"B1234\xff")
    found = read("条码号,题名,责任者\n".encode(charset) + b"\n".join([*lines, b""]), "a.csv")
    assert [(wrong.line, wrong.column, wrong.why) for wrong in found.errors] == [(1236, "barcode", "lost")]


def test_records_in_big5_are_read_and_kept_in_utf8():
    found = read(fiction("big5"), "a.mrc")
    assert found.errors == []
    assert found.lines[0].values == read(fiction("utf-8"), "a.mrc").lines[0].values
    assert found.lines[0].values["publisher"] == "貓頭鷹出版社"
    assert found.lines[0].record == (fiction("utf-8"), "marc21")
    assert found.recognised() == "ISO 2709 · Big5"


def test_a_record_of_few_and_rare_characters_is_read():
    few = record((b"200", "1 \x1faSan ti\x1ff王赟".encode("gb18030")), (b"905", b"  \x1fbB1"))
    found = read(cnmarc() + few, "a.mrc")
    assert found.errors == []
    assert found.lines[-1].values["author"] == "王赟"


@pytest.mark.parametrize(
    "author", [b"Ren\xe9 Caf\xe9t\xe9", b"Cibi\xe8re, Fran\xe7ois", b"\xc9mile \xc9tienne"]
)
def test_a_record_of_few_characters_in_latin_1_is_refused(author):
    found = read(cnmarc() + record((b"200", b"1 \x1faSan ti\x1ff" + author)), "a.mrc")
    assert [wrong.why for wrong in found.errors] == ["charset"]


@pytest.mark.parametrize(
    ("title", "author"), [("王a", "李四"), ("学SPSS", "李四"), ("爱b.a.t.", "x王赟"), ("卡拉OK", "小s")]
)
def test_a_record_of_chinese_beside_letters_is_read(title, author):
    mixed = record((b"200", f"1 \x1fa{title}\x1ff{author}".encode("gb18030")), (b"905", b"  \x1fbB1"))
    found = read(cnmarc() + mixed, "a.mrc")
    assert found.errors == []
    assert found.lines[-1].values["author"] == author


def test_a_big5_record_among_ones_in_utf8_is_read():
    found = read(cnmarc("utf-8") * 3 + fiction("big5"), "a.mrc")
    assert [line.values["title"] for line in found.lines if line.number == 4] == ["三體"]


def test_a_record_in_utf8_with_a_cut_character_is_not_taken_for_another_charset():
    damaged = cnmarc("utf-8").replace("重庆出版社".encode(), "重庆出版社".encode()[:-1])
    found = read(cnmarc() + damaged + cnmarc("utf-8"), "a.mrc")
    assert [(wrong.line, wrong.why) for wrong in found.errors if wrong.why != "twice"] == [
        (2, "record_octets")
    ]


@pytest.mark.parametrize("charset", ["shift_jis", "koi8-r"])
def test_records_in_a_charset_that_nobody_knows_are_refused(charset):
    said = {"shift_jis": "ノルウェイの森を読む / 村上春樹著", "koi8-r": "Война и мир — великий роман"}[
        charset
    ]
    found = read(record((b"200", b"1 \x1fa" + said.encode(charset, "replace"))), "a.mrc")
    assert [wrong.why for wrong in found.errors] == ["charset"]


def test_marc8_beside_chinese_stays_marc8():
    latin = record((b"245", b"10\x1faGr\xb2n bog om s\xb2er /\x1fcS\xb2ren \xa2rsted"))
    found = read(latin + MARC21, "a.mrc")
    assert (found.errors, found.lines[0].values["title"]) == ([], "Grøn bog om søer")


def test_marc8_beside_big5_stays_marc8():
    latin = record((b"245", b"10\x1faLe caf\xe2e des \xe2etoiles /\x1fcS\xb2ren"), (b"952", b"  \x1fpL1"))
    found = read(fiction("big5") * 3 + latin, "a.mrc")
    assert [line.values["title"] for line in found.lines if line.number == 4] == ["Le café des étoiles"]
    assert [wrong.why for wrong in found.errors if wrong.why != "twice"] == []
    assert found.charset == "big5hkscs"
