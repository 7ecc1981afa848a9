"""What is read, guessed, explained and written without any line."""

from __future__ import annotations

import tomllib

import pytest

from central.circulation.trying.charsets import guess
from central.circulation.trying.explain import MASK, Row, explain, shown, without
from central.circulation.trying.findings import Finding
from central.circulation.trying.propose import Proposal, propose, toml
from central.circulation.trying.seen import frames
from central.circulation.trying.talk import Visitor
from wire.sip2.codec import decode
from wire.sip2.dialect import load
from wire.sip2.names import Name


# ---------------------------------------------------------------- octets
@pytest.mark.parametrize(
    ("octets", "end", "sequence", "checksum", "before", "after", "delimiter"),
    [
        (b"941AY0AZFDFD\r", "\r", 0, "spec", "", "", ""),
        (b"941AY0AZfdfd\r\n", "\r\n", 0, "spec", "", "", ""),
        (b"941|AY4AZFF62\r", "\r", 4, "dp2", "|", "", ""),
        (b"941AY3AZEDB7|\n", "\n", 3, "wrong", "", "|", ""),
        (b"941", "", None, "none", "", "", ""),
        (b"941AY1", "", 1, "none", "", "", ""),
        (b"1803000120260101    120000ABB1^AJT^CSX^\r", "\r", None, "none", "", "", "^"),
    ],
)
def test_the_frame_of_an_answer(octets, end, sequence, checksum, before, after, delimiter):
    (seen,) = frames(octets, "utf-8")

    assert seen.message is not None
    assert (seen.end, seen.sequence, seen.checksum) == (end, sequence, checksum)
    assert (seen.before, seen.after, seen.delimiter) == (before, after, delimiter)


@pytest.mark.parametrize("zone", ["    ", "0000", "   ", " ", "", "   Z"])
def test_the_zone_of_a_date(zone):
    (seen,) = frames(b"18030001" + b"20260101" + zone.encode() + b"120000ABB1|AJT|", "utf-8")

    assert seen.zone == zone


def test_the_zone_is_that_of_a_date_and_of_no_row_of_digits():
    (seen,) = frames(
        b"64" + b" " * 14 + b"01920260921    234007" + b"0000" * 6 + b"AO|AA12345678000012345|AE|", "utf-8"
    )

    assert seen.zone == "    "


def test_what_is_no_message_is_seen_and_not_believed():
    assert [seen.message for seen in frames(b"HTTP/1.1 400 Bad Request\r\n\r\n\xff\xfe\r18\r", "utf-8")] == [
        None
    ] * 3
    assert frames(b"\r\n\r\n  \r", "utf-8") == []


@pytest.mark.parametrize(
    ("text", "charset", "guessed"),
    [
        ("Wang", "ascii", None),
        ("王小明，借书成功！", "utf-8", "utf-8"),
        ("王小明，借书成功！", "gbk", "gbk"),
        ("《三体》刘慈欣著", "gbk", "gbk"),
        ("田𠮷借书成功，请按时归还", "gb18030", "gb18030"),
        ("Lé Carré à Canton", "utf-8", "utf-8"),
        ("Lé Carré à Canton", "iso-8859-1", "iso-8859-1"),
        ("Lé Carré à Canton", "cp850", "cp850"),
        ("Müller", "iso-8859-1", "iso-8859-1"),
        ("Müller", "cp850", "cp850"),
    ],
)
def test_a_charset_is_guessed(text, charset, guessed):
    assert guess(text.encode(charset)) == guessed


# ---------------------------------------------------------------- words
READER = b"64Y             01920260101    120000000000000002000000000000AO|AAR1|AEWang|BDRoad 1|AD1234|AUB1|AUB2|QQ?|"


def rows(octets: bytes, **given: bool) -> list[Row]:
    return list(explain(decode(octets, load("generic")).message, **given))


def test_a_field_is_explained_in_both_languages():
    item = {row.name.zh: row for row in rows(b"1804000120260101    120000ABB1|AJT|")}

    assert item["流通状态"] == Row(
        "", Name("流通状态", "circulation status"), "04", Name("已借出", "charged")
    )
    assert item["交易时间"].value == "2026-01-01 12:00:00"
    assert item["图书条码"] == Row("AB", Name("图书条码", "number of the item"), "B1", None)


def test_flags_are_named_lists_repeated_and_unknown_fields_kept():
    reader = rows(READER)

    assert reader[0].meaning == Name("不可借书", "charge privileges denied")
    assert [row.value for row in reader if row.code == "AU"] == ["B1", "B2"]
    assert Row("QQ", Name("未知字段", "unknown field"), "?", None) in reader


@pytest.mark.parametrize(("personal", "name"), [(False, MASK), (True, "Wang")])
def test_people_are_masked_and_passwords_always(personal, name):
    told = {row.code: row.value for row in rows(READER, personal=personal)}
    text = shown(READER + b"\r\n", "utf-8", "|", personal=personal)

    assert told["AE"] == name
    assert told["AD"] == MASK
    assert f"|AE{name}|" in text
    assert f"|AD{MASK}|" in text
    assert text.endswith("<CR><LF>")


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (b"9300CNkiosk|COsecret|CPx|\r", "9300CNkiosk|CO***|CPx|<CR>"),
        (b"9300COsecret|CNkiosk|\r", "9300CO***|CNkiosk|<CR>"),
        (b"\n64?|AEWang|\0\r\n941\r", "<LF>64?|AE***|<NUL><CR><LF>941<CR>"),
    ],
)
def test_a_frame_is_shown_without_secrets(octets, text):
    assert shown(octets, "utf-8", "|") == text


@pytest.mark.parametrize(
    ("password", "line"),
    [
        ("secret", "AF***|the***ly *** secre"),
        ("se", "AFsecret|thesecretly secret secre"),
        ("", "AFsecret|thesecretly secret secre"),
    ],
)
def test_a_password_is_masked_wherever_it_stands_unless_any_word_is_made_of_it(password, line):
    assert without("AFsecret|thesecretly secret secre", Visitor("kiosk", password)) == line


def test_a_password_of_two_letters_is_masked_where_it_stands_alone():
    assert without("AF se |use: se.", Visitor("kiosk", "se")) == "AF *** |use: ***."


def test_no_answer_commands_the_terminal():
    octets = b"941AF\x1b]0;owned\x07\x1b[2J|XX\x9b|\r"

    assert shown(octets, "iso-8859-1", "|") == "941AF<1B>]0;owned<07><1B>[2J|XX<9B>|<CR>"
    assert all(row.value.isprintable() for row in rows(octets))


# ---------------------------------------------------------------- proposals
def finding(key: str, value: object, *, binding: bool = True) -> Finding:
    return Finding(key, key, key, value, binding)


@pytest.mark.parametrize(
    ("findings", "proposal"),
    [
        ([], Proposal("generic", "", 0)),
        ([finding("zone", "0000")], Proposal("sierra", "", 1)),
        ([finding("checksum.emit", "dp2"), finding("echoes_sequence", False)], Proposal("dp2", "", 2)),
        ([finding("charset", "big5")], Proposal("generic", 'charset = "big5"', 0)),
        ([finding("lacks", frozenset({"97"}))], Proposal("interlib", "", 1)),
        (
            [finding("faults", True), finding("lacks", frozenset({"97"})), finding("lacks", frozenset({"99"}))],
            Proposal("shuwu", 'lacks = ["97", "99"]', 1),
        ),
        ([finding("rename.64.BV", "YV", binding=False)], Proposal("interlib", "", 1)),
    ],
)  # fmt: skip
def test_the_dialect_that_fits_best(findings, proposal):
    assert propose(findings) == proposal


def test_a_dialect_that_trusts_repetitions_is_ours_alone():
    assert propose([finding("lf_ends", True), finding("utc", True)]).dialect != "shuwu"


def test_overrides_are_toml():
    table = {
        "charset": "gbk",
        "terminator": "\r\n",
        "lists_titles": True,
        "due_dates": ['%d/%m "%Y"'],
        "rename": {"64": {"AS": "AU", "BZ": "YR"}, "18": {"KC": "CS"}},
        "checksum": {"verify": "log"},
    }

    assert tomllib.loads(toml(table)) == table
