"""Names that both sides spell alike, and nothing that could be more than a name."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.ids import BootId, DeviceId, JournalId, Pseudonym, Seq, is_device_id


@pytest.mark.parametrize("name", ["zhen-24h-1", "abc", "0-0", "a" * 64])
def test_a_device_is_named_so(name):
    assert is_device_id(name)
    assert msgspec.convert(name, DeviceId) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 65,
        "-abc",
        "ABC",
        "a_b",
        "a b",
        "abc\n",
        "a/b",
        "a+b",
        "a#b",
        "书屋一",
        "abc\0",
        "$sys",
    ],
)
def test_a_device_is_not_named_so(name):
    assert not is_device_id(name)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(name, DeviceId)


@given(st.text(max_size=70) | st.text("abz059-", max_size=66))
def test_both_spellings_of_the_rule_are_one(name):
    try:
        msgspec.convert(name, DeviceId)
    except msgspec.ValidationError:
        assert not is_device_id(name)
    else:
        assert is_device_id(name)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (JournalId, ["0" * 32, "5f" * 16], ["", "0" * 31, "0" * 33, "5F" * 16, "0" * 32 + "\n", "g" * 32]),
        (Pseudonym, ["0" * 32], ["", "2110004711", "0" * 33]),
        (BootId, ["0" * 8, "f" * 32], ["0" * 7, "f" * 33, "xyzxyzxy"]),
        (Seq, [1, 2**63 - 1], [0, -1, 2**63, 1.5, "1"]),
    ],
)
def test_numbers_and_names(kind, good, bad):
    for value in good:
        assert msgspec.convert(value, kind) == value
    for value in bad:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, kind)
