"""What several branches say becomes one list."""

from __future__ import annotations

from central.rooms.admission import composing
from central.rooms.admission.composing import Said
from wire.admission import Admission
from wire.lists import entry, holds

SALT = bytes(16)
COUNTY = Said(Admission(min_age=14), {("staff", ""): ["S1", "S2"], ("banned", "2026-12-31"): ["R1"]})
TOWN = Said(None, {("banned", ""): ["S2"]})
VILLAGE = Said(Admission(companions=3))


def test_the_nearest_branch_says_what_is_asked_and_cards_add_up():
    body = composing.compose([COUNTY, TOWN, VILLAGE], 7, SALT)
    assert (body.name, body.version, body.room) == ("room", 7, Admission(companions=3))
    groups = {(group.type, group.until): group.keys for group in body.readers}
    assert set(groups) == {("staff", ""), ("banned", ""), ("banned", "2026-12-31")}
    for group, card in ((("staff", ""), "S1"), (("banned", ""), "S2"), (("banned", "2026-12-31"), "R1")):
        assert holds(groups[group], entry(SALT, "reader", card))
    assert not holds(groups["staff", ""], entry(SALT, "reader", "S2")), "the lower branch's word"


def test_a_branch_that_asks_nothing_has_what_the_one_above_asks():
    assert composing.asked([COUNTY, TOWN]) == Admission(min_age=14)
    assert composing.asked([TOWN]) == Admission()


def test_only_branches_that_say_something_have_a_say():
    said = {"XIAN": COUNTY, "CUN": VILLAGE}
    assert composing.scope(said, ["XIAN", "ZHEN", "CUN"]) == ("XIAN", "CUN")
    assert composing.scope(said, ["OTHER"]) == ()


def test_the_same_word_has_the_same_digest_in_any_order():
    other = Said(Admission(min_age=14), {("banned", "2026-12-31"): ["R1"], ("staff", ""): ["S2", "S1"]})
    assert composing.digest([COUNTY]) == composing.digest([other]) != composing.digest([COUNTY, TOWN])
