from __future__ import annotations

from importlib.resources import files

import msgspec
import pytest

from wire.sip2.codes import PatronFlag
from wire.sip2.dialect import BadDialect, Dialect, load, names, parse


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
        ("title = ", "end of document"),
        ("", "title"),
    ],
)
def test_a_wrong_key_is_named_by_its_path(text: str, path: str):
    with pytest.raises(BadDialect) as caught:
        parse(text)

    assert path in str(caught.value)


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
