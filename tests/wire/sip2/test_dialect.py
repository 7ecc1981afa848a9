from __future__ import annotations

from contextlib import suppress
from importlib.resources import files

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wire.sip2.codes import PatronFlag
from wire.sip2.dialect import BadDialect, Checksum, Dialect, OkByText, load, merge, names, parse


@pytest.mark.parametrize("name", names())
def test_ships(name: str):
    assert load(name).title


def test_the_list_of_dialects():
    assert names() == [
        "dp2", "evergreen", "folio", "generic", "interlib", "jinpan", "koha", "polaris", "shuwu", "sierra", "wenhua",
    ]  # fmt: skip


def test_generic_shows_every_key_with_its_default():
    text = files("wire.sip2").joinpath("dialects", "generic.toml").read_text(encoding="utf-8")

    assert load("generic") == Dialect(title="SIP 2.00")
    assert set(msgspec.toml.decode(text)) == set(Dialect.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('title = "t"\nterminater = "x"', "terminater"),
        ('title = "t"\n[checksum]\nverfy = "log"', "$.checksum"),
        ('title = "t"\ncharset = "utf-16"', "$.charset"),
        ('title = "t"\ndelimiter = "A"', "$.delimiter"),
        ('title = "t"\nbarring = [14]', "$.barring[0]"),
        ('title = "t"\n[rename.64]\nA = "AU"', "$.rename"),
        ('title = "t"\ndue_dates = ["%Q"]', "$.due_dates"),
        ('title = "t"\ndue_date_form = "%"', "$.due_date_form"),
        ('title = "t"\nlacks = ["99"]', "$.lacks"),
        ('title = "t"\nlacks = ["99"]\nopening = ["93"]\nstatus_before_each = true', "$.status_before_each"),
        ('title = "t"\nopening = ["63"]', "$.opening"),
        ('title = "t"\nno_fixed = ["78"]', "$.no_fixed"),
        ('title = "t"\n[hide]\n77 = ["AE"]', "$.hide"),
        ('title = "t"\n[values.18.fee]\na = "b"', "$.values.18"),
        ('title = "t"\n[values.18.fee_typ]\na = "b"', "$.values.18"),
        ("title = ", "end of document"),
        ("", "title"),
    ],
)
def test_a_wrong_key_is_named_by_its_path(text: str, path: str):
    with pytest.raises(BadDialect) as caught:
        parse(text)

    assert path in str(caught.value)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('terminater = "x"', "terminater"),
        ('[checksum]\nverfy = "log"', "$.checksum"),
        ('checksum = "off"', "$.checksum"),
        ('[rename.64]\nAS = ""', "$.rename"),
        ('opening = ["99"]\nlacks = ["99"]', "$.lacks"),
        ("charset = ", "end of document"),
    ],
)
def test_a_wrong_override_is_named_by_its_path(text: str, path: str):
    with pytest.raises(BadDialect) as caught:
        merge(load("interlib"), text)

    assert path in str(caught.value)


def test_overrides_are_laid_over_key_by_key():
    base = load("interlib")

    merged = merge(
        base, 'terminator = "\\r\\n"\n[checksum]\nverify = "off"\n[rename.64]\nBV = "BV"\nXX = "AT"'
    )

    assert merged.rename["64"] == {"AS": "AU", "BV": "BV", "BZ": "YR", "XX": "AT"}
    assert merged.rename["18"] == base.rename["18"]
    assert (merged.checksum.verify, merged.checksum.emit) == ("off", "spec")
    assert (merged.terminator, merged.charset) == ("\r\n", "gbk")
    assert merge(base, "") == base


@pytest.mark.parametrize("name", ["nobody", "../dialect", "", "generic.toml"])
def test_no_such_dialect(name: str):
    with pytest.raises(BadDialect, match="generic, interlib, jinpan"):
        load(name)


def test_which_flags_bar_a_patron():
    generic = load("generic")

    assert not generic.bars(frozenset())
    assert not generic.bars(
        frozenset({PatronFlag.RENEWAL_DENIED, PatronFlag.RECALL_DENIED, PatronFlag.HOLD_DENIED})
    )
    assert generic.bars(frozenset({PatronFlag.RECALL_DENIED, PatronFlag.CARD_LOST}))
    assert not parse('title = "t"\nbarring = []').bars(frozenset(range(14)))


@settings(deadline=None, max_examples=200)
@given(st.text() | st.from_regex(r"(\[?[a-z_.0-9]{1,12}\]?( = [\"\[{}0-9a-zA-Z]{1,9})?\n){1,4}"))
def test_any_other_text_is_refused_in_one_way(text: str):
    with suppress(BadDialect):
        merge(load("interlib"), text)


TRAPS: tuple[tuple[str, str, object], ...] = (
    ("interlib", "charset", "gbk"),
    ("interlib", "status_before_each", True),  # terminals greet before every request
    ("interlib", "echoes_sequence", False),  # constants, and its checksums too
    ("interlib", "checksum", Checksum(verify="log")),
    ("interlib", "after_checksum", "|"),
    ("interlib", "repeat_login_in", ("09", "11", "29")),
    ("interlib", "no_fixed", ("29",)),
    ("interlib", "means_desensitize", False),  # 121NNN for a book that may leave
    ("interlib", "ok_by_text", OkByText(("成功",), ("不成功", "未成功", "失败"))),
    ("dp2", "checksum", Checksum(verify="log", emit="dp2")),  # over UTF-16 units before AY
    ("dp2", "before_checksum", "|"),
    ("dp2", "echoes_sequence", False),  # always 4
    ("dp2", "rename", {"64": {"BZ": "YR"}}),  # how many more may be lent
    ("jinpan", "charset", "gbk"),
    ("jinpan", "rename", {"18": {"AQ": "CS"}}),
    ("jinpan", "means_desensitize", False),
    ("wenhua", "terminator", "\r\n"),
    ("wenhua", "blank_fixed", ("93",)),
    ("wenhua", "means_desensitize", False),
    ("koha", "retransmit", "queries"),  # it does a repeated checkout twice
    ("koha", "rename", {"64": {"PB": "XH", "PC": "XT"}}),  # PA says that access is blocked, and is no date
    ("evergreen", "retransmit", "queries"),
    ("evergreen", "means_status", False),
    ("evergreen", "lists_titles", True),
    ("evergreen", "lacks", ("21", "27", "81", "85", "91")),  # closes the line at what it does not know
    ("folio", "charset", "cp850"),
    ("folio", "opening", ("93", "99")),  # without a 99 it has no form for dates
    ("sierra", "zone", "0000"),
)


@pytest.mark.parametrize(("name", "key", "value"), TRAPS)
def test_a_dialect_carries_what_its_system_is_known_for(name: str, key: str, value: object):
    assert getattr(load(name), key) == value


@pytest.mark.parametrize("name", names())
def test_recall_denied_bars_nobody_anywhere(name: str):
    """Evergreen sets it for readers in good standing."""
    assert not load(name).bars(frozenset({PatronFlag.RECALL_DENIED}))
