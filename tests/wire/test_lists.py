"""Lists: who is in them, and that nothing but what was signed is believed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import lists
from wire.envelope import Malformed
from wire.hours import Hours
from wire.lists import Body, Head, Readers

SALT = bytes(range(16))


def entry(number: str) -> bytes:
    return lists.entry(SALT, "reader", number)


@given(st.sets(st.text(max_size=20), max_size=50), st.text(max_size=20))
def test_a_packed_number_is_found_and_no_other(numbers: set[str], other: str) -> None:
    keys = lists.pack(SALT, "reader", numbers)
    assert len(keys) == lists.ENTRY_OCTETS * len(numbers)
    assert all(lists.holds(keys, entry(number)) for number in numbers)
    assert lists.holds(keys, entry(other)) is (other in numbers)


def test_a_reader_and_an_item_of_one_number_are_two() -> None:
    keys = lists.pack(SALT, "item", ["1"])
    assert lists.holds(keys, lists.entry(SALT, "item", "1"))
    assert not lists.holds(keys, lists.entry(SALT, "reader", "1"))


def test_an_entry_is_of_its_salt() -> None:
    assert entry("R0001").hex() == "208e8c833e29421842464154"
    assert lists.entry(bytes(16), "reader", "R0001") != entry("R0001")


BODY = Body("allow", 7, SALT, (Readers(lists.pack(SALT, "reader", ["R1", "R2"]), "adult", 3),))
OCTETS = lists.encode(BODY)
HEAD = lists.head_of(OCTETS, BODY, 1_790_000_000_000)


def test_a_body_crosses_whole() -> None:
    assert lists.decode(OCTETS, HEAD) == BODY
    assert BODY.entries() == 2


WEEK = (((0, 1440),),) * 7


def test_hours_cross_whole() -> None:
    body = Body("hours", 8, hours=Hours("Asia/Urumqi", WEEK, {"2026-10-01": ()}))
    octets = lists.encode(body)
    assert lists.decode(octets, lists.head_of(octets, body, 0)) == body


def test_hours_that_contradict_themselves_are_refused_with_the_place() -> None:
    week = (((480, 720), (660, 780)), *WEEK[1:])
    octets, head = signed(Body("hours", 9, hours=Hours("Asia/Shanghai", week)))
    with pytest.raises(Malformed, match="weekday 1: 08:00-12:00 and 11:00-13:00 overlap"):
        lists.decode(octets, head)


def test_a_list_of_an_older_central_is_read() -> None:
    """Before anybody said who is there, or why a day differs."""
    octets = (
        b'{"name":"hours","version":8,"hours":{"zone":"Asia/Shanghai","week":[[[480,1200]],[],[],[],[],[],[]],'
        b'"dates":{"2026-10-01":[]}},"schema":1}'
    )
    body = Body(
        "hours", 8, hours=Hours("Asia/Shanghai", (((480, 1200),), (), (), (), (), (), ()), {"2026-10-01": ()})
    )
    assert lists.decode(octets, lists.head_of(octets, body, 0)) == body


def signed(body: Body) -> tuple[bytes, Head]:
    octets = lists.encode(body)
    return octets, lists.head_of(octets, body, 0)


def renamed(name: str, version: int) -> tuple[bytes, Head]:
    octets, head = signed(BODY)
    return octets, msgspec.structs.replace(head, name=name, version=version)


@pytest.mark.parametrize(
    ("octets", "head"),
    [
        (OCTETS + b" ", HEAD),
        (OCTETS.replace(b"7", b"9", 1), HEAD),
        renamed("deny", 7),
        renamed("allow", 6),
        signed(Body("deny", 1, SALT, (Readers(b"short"),))),
        signed(Body("deny", 1, SALT, items=b"x" * 13)),
    ],
    ids=["longer", "other content", "other name", "other version", "readers cut", "items cut"],
)
def test_what_was_not_signed_or_has_no_form_is_refused(octets: bytes, head: Head) -> None:
    with pytest.raises(Malformed):
        lists.decode(octets, head)


def test_signed_nonsense_is_refused() -> None:
    octets = b'{"name":"deny"}'
    with pytest.raises(Malformed, match="version"):
        lists.decode(octets, lists.head_of(octets, BODY, 0))
