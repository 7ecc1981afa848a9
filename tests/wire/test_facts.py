"""Facts are a contract: kinds are for ever, fields keep their meaning, each has its bounds."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given

from tests.wire.anything import LONGEST, facts, with_more
from tests.wire.golden import FACTS, OLDEST, READER, TXN
from wire.envelope import MAX_FACT_OCTETS, Malformed, UnknownFact, decode_fact, encode_fact
from wire.facts import KINDS, ExitPressed, GateAlarmed, LoanMade, clip, kind_of

EVER = frozenset(
    [
        "clock.corrected",
        "door.forced",
        "door.opened",
        "door.released",
        "drill.begun",
        "drill.ended",
        "entry.apart",
        "entry.granted",
        "entry.refused",
        "exit.pressed",
        "facts.lost",
        "fault.cleared",
        "fault.raised",
        "fire.cleared",
        "fire.raised",
        "gate.alarmed",
        "gate.excused",
        "gate.named",
        "gate.returned",
        "help.answered",
        "help.called",
        "help.ended",
        "hold.cancelled",
        "hold.placed",
        "kiosk.started",
        "kiosk.stopped",
        "list.refused",
        "list.taken",
        "loan.abandoned",
        "loan.asked",
        "loan.granted",
        "loan.made",
        "loan.owed",
        "loan.refused",
        "loan.renewed",
        "loan.undone",
        "messages.refused",
        "occupancy.corrected",
        "occupancy.peaked",
        "order.done",
        "order.refused",
        "payment.dropped",
        "payment.lapsed",
        "payment.refused",
        "payment.settled",
        "payment.taken",
        "payment.wanted",
        "pin.replaced",
        "reader.refused",
        "reader.registered",
        "register.abandoned",
        "register.asked",
        "register.owed",
        "register.refused",
        "return.abandoned",
        "return.asked",
        "return.made",
        "return.owed",
        "return.refused",
        "return.taken",
        "return.undone",
        "room.armed",
        "room.closed",
        "room.closing",
        "room.disarmed",
        "room.disinfected",
        "room.measured",
        "room.opened",
        "room.tested",
        "service.acted",
        "service.entered",
        "service.left",
        "service.refused",
        "session.closed",
        "session.opened",
        "stay.reminded",
        "survey.answered",
        "tag.changed",
        "tag.encoded",
        "tag.unchanged",
        "visit.entered",
        "visit.left",
    ]
)
"""Every kind that any version has written. A kind that is retired stays here, so that its name is not used again."""
RETIRED: frozenset[str] = frozenset()


# ---------------------------------------------------------------- the contract
def test_a_kind_is_never_reused_and_never_lost():
    assert KINDS.keys() == EVER - RETIRED
    assert len({id(kind) for kind in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize("kind", sorted(EVER))
def test_a_kind_is_a_thing_and_what_happened_to_it(kind):
    assert re.fullmatch(r"[a-z]+\.[a-z]+", kind)


@pytest.mark.parametrize(("fact", "text"), FACTS.items(), ids=lambda value: str(value)[:24])
def test_each_fact_is_this_text(fact, text):
    assert encode_fact(fact).decode() == text
    assert decode_fact(text.encode()) == fact
    assert kind_of(fact) == msgspec.json.decode(text)["kind"]


def test_each_field_of_each_kind_has_its_text():
    told = {kind: set[str]() for kind in KINDS}
    for fact, text in FACTS.items():
        told[kind_of(fact)] |= msgspec.json.decode(text).keys()
    for kind, struct in KINDS.items():
        assert told[kind] == {"kind", *(field.name for field in msgspec.structs.fields(struct))}


@pytest.mark.parametrize(("text", "fact"), OLDEST.items(), ids=lambda value: str(value)[:24])
def test_a_fact_without_its_later_fields_is_still_read(text, fact):
    assert decode_fact(text.encode()) == fact


def test_each_field_with_a_default_may_be_missing():
    with_defaults = {
        kind
        for kind, struct in KINDS.items()
        if any(not field.required for field in msgspec.structs.fields(struct))
    }
    assert {kind_of(fact) for fact in OLDEST.values()} == with_defaults


@given(facts)
def test_any_fact_comes_back_as_it_was(fact):
    assert decode_fact(encode_fact(fact)) == fact


def test_readers_stand_in_facts_as_pseudonyms_alone():
    for kind, struct in KINDS.items():
        named = {field.name: field.type for field in msgspec.structs.fields(struct)}
        assert not named.keys() & {"card", "name", "patron", "pin", "password"}, kind
    card = f'{{"kind":"loan.asked","txn":"{TXN}","item":"B1","reader":"2110004711"}}'
    assert isinstance(decode_fact(card.encode()), UnknownFact)


# ---------------------------------------------------------------- what other versions write
@pytest.mark.parametrize("text", FACTS.values(), ids=lambda text: text[9:24])
@pytest.mark.parametrize(
    "more", ["text", 7, None, {"deep": [1, {"er": []}]}], ids=["text", "int", "null", "object"]
)
def test_a_field_from_the_future_is_passed_over(text, more):
    assert decode_fact(with_more(text, more)) == decode_fact(text.encode())


@pytest.mark.parametrize("kind", ["loan.renewed", "visit.", "a", "书.借", "x" * 64])
def test_an_unknown_kind_is_kept_by_its_name(kind):
    unknown = decode_fact(msgspec.json.encode({"kind": kind, "item": "B1"}))
    assert isinstance(unknown, UnknownFact)
    assert unknown.kind == kind


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"kind":"loan.asked"}', "missing required field `txn`"),
        ('{"kind":"facts.lost","count":-1}', "`$.count`"),
        ('{"kind":"facts.lost","count":"7"}', "`$.count`"),
        ('{"kind":"facts.lost","count":4294967296}', "`$.count`"),
        ('{"kind":"fault.raised","fault":99}', "`$.fault`"),
        ('{"kind":"visit.entered","persons":0,"method":"card"}', "`$.persons`"),
        ('{"kind":"visit.entered","persons":1,"method":"guess"}', "`$.method`"),
        ('{"kind":"entry.granted","reader":"2110004711"}', "`$.reader`"),
        ('{"kind":"gate.alarmed","uid":"' + "0" * 65 + '"}', "`$.uid`"),
        ('{"kind":"gate.alarmed","uid":"","item":"' + "0" * 201 + '"}', "`$.item`"),
    ],
)
def test_a_known_kind_in_another_form_is_kept_and_says_why(text, where):
    unknown = decode_fact(text.encode())
    assert isinstance(unknown, UnknownFact)
    assert unknown.kind == msgspec.json.decode(text)["kind"]
    assert where in unknown.why


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", '"loan.made"', "{}", '{"kind":7}', '{"kind":null}', '{"kind":"' + "x" * 65 + '"}'],
)
def test_what_has_no_kind_is_malformed(text):
    with pytest.raises(Malformed, match="no fact"):
        decode_fact(text.encode())


# ---------------------------------------------------------------- bounds
@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_fact_of_each_kind_may_be_written(kind):
    assert decode_fact(encode_fact(LONGEST[kind])) == LONGEST[kind]


def test_a_fact_beyond_all_bounds_is_refused_where_it_is_written():
    whole = GateAlarmed("", "x" * (1 + MAX_FACT_OCTETS - len(encode_fact(GateAlarmed("", "x")))))
    assert len(encode_fact(whole)) == MAX_FACT_OCTETS
    with pytest.raises(Malformed, match="4609 octets, 4608 allowed"):
        encode_fact(GateAlarmed("", whole.item + "x"))


def test_a_peer_s_text_is_cut_to_what_a_fact_holds():
    assert clip("三体") == clip("三体  ") == "三体"
    assert clip("x" * 200) == "x" * 200
    assert clip("x" * 201) == "x" * 199 + "…"
    assert clip("书" * 65, 64) == "书" * 63 + "…"
    lent = LoanMade(TXN, clip("9" * 999), READER, clip("x" * 99, 64), clip("书" * 999))
    assert decode_fact(encode_fact(lent)) == lent


def test_a_fact_does_not_change():
    with pytest.raises(AttributeError):
        ExitPressed().kind = "fire.raised"
