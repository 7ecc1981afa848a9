"""What the kiosk remembers of readers and tags, within bounds and across runs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from rich.pretty import pretty_repr

from kiosk import memory
from kiosk.clock import RELEASE_MS, Now
from kiosk.effects import AnyEffect, Record, Remember
from kiosk.events import Reader
from kiosk.memory import DAY_MS, Known, Memory
from wire import facts
from wire.faults import number

LI = Reader("R0001", "a" * 32, "李明", "成人 读者")
NOW = Now(1_790_000_000_000, 1_000)
LATER = Now(NOW.wall_ms + 30 * DAY_MS, NOW.mono_ms + 30 * DAY_MS)


def kept(*effects: AnyEffect) -> dict[str, str]:
    """What the journal holds after these."""
    found: dict[str, str] = {}
    for effect in effects:
        assert isinstance(effect, Remember)
        if effect.value is None:
            found.pop(effect.name)
        else:
            found[effect.name] = effect.value
    return found


def test_a_good_reader_is_known_for_a_while_without_card_and_name():
    known, effects = memory.meet(Memory(), LI, NOW, known_days=30)
    assert known.knows(LI.pseudonym, NOW, 30) == Known("成人 读者", True, LATER.wall_ms)
    assert known.knows(LI.pseudonym, LATER, 30) is None
    ((name, value),) = kept(*effects).items()
    assert name == f"reader:{LI.pseudonym}"
    assert LI.card not in value
    assert LI.name not in value


def test_no_text_of_it_names_a_reader():
    known, _ = memory.meet(Memory(), LI, NOW, known_days=30)
    assert LI.pseudonym not in repr(known)
    asked = Record(facts.LoanAsked("0123456789abcdef", "B001", LI.pseudonym), card=LI.card)
    assert repr(asked) == f"Record(fact={asked.fact!r})", "the card stands beside the fact"
    in_colour = "".join(pretty_repr(one) for one in (known, asked))
    assert LI.card not in in_colour
    assert in_colour.count(LI.pseudonym) == 1, "the fact's own"


def test_it_is_the_same_after_a_restart():
    first, one = memory.meet(Memory(), LI, NOW, known_days=30)
    other = replace(LI, pseudonym="b" * 32, type="", borrows=False)
    second, two = memory.meet(first, other, Now(NOW.wall_ms - 1, 0), known_days=30)
    again = memory.recall(kept(*one, *two), {"tag:B001": "1", "tag:B002": "0"})
    assert again.readers == second.readers
    assert list(again.readers) == ["b" * 32, "a" * 32], "whose time is over first stands first"
    assert again.wishes == {"B001": True, "B002": False}


def test_the_way_in_which_a_slip_was_taken_stays_as_long_as_the_reader_is_known():
    known, one = memory.meet(Memory(), LI, NOW, known_days=30)
    known, two = memory.prefer(known, LI.pseudonym, "scan")
    assert memory.prefer(known, LI.pseudonym, "scan") == (known, ())
    assert memory.prefer(known, "b" * 32, "print") == (known, ()), "nobody whom the ILS called good"
    again = memory.recall(kept(*one, *two), {})
    assert again.readers[LI.pseudonym] == Known("成人 读者", True, LATER.wall_ms, "scan")
    assert memory.meet(again, LI, NOW, 30)[0].readers[LI.pseudonym].slip == "scan"
    assert memory.meet(again, LI, LATER, 30)[0].readers[LI.pseudonym].slip == ""


def test_a_refused_reader_is_forgotten():
    known, _ = memory.meet(Memory(), LI, NOW, known_days=30)
    known, effects = memory.part_with(known, LI.pseudonym)
    assert known == Memory()
    assert effects == (Remember(f"reader:{LI.pseudonym}", None),)
    assert memory.part_with(known, LI.pseudonym) == (known, ())


def test_whoever_is_met_after_the_time_of_others_clears_them_away():
    known, _ = memory.meet(Memory(), LI, NOW, known_days=30)
    known, effects = memory.meet(known, replace(LI, pseudonym="b" * 32), LATER, known_days=30)
    assert list(known.readers) == ["b" * 32]
    assert Remember(f"reader:{LI.pseudonym}", None) in effects


def test_a_clock_that_is_ahead_for_a_moment_clears_out_a_few_and_makes_nobody_known_for_years():
    known = Memory()
    for n in range(100):
        known, _ = memory.meet(known, replace(LI, pseudonym=f"{n:032x}"), NOW, known_days=30)
    ahead = Now(NOW.wall_ms + 400 * DAY_MS, NOW.mono_ms)
    known, effects = memory.meet(known, LI, ahead, known_days=30)
    assert len(effects) == 1 + memory.AT_ONCE
    assert known.knows(f"{99:032x}", NOW, 30)
    assert known.knows(LI.pseudonym, ahead, 30)
    assert known.knows(LI.pseudonym, NOW, 30) is None


def test_a_clock_that_was_never_set_forgets_nobody():
    known, _ = memory.meet(Memory(), LI, NOW, known_days=30)
    assert known.knows(LI.pseudonym, Now(0, 0), 30)


def test_a_reader_of_whom_the_disk_has_kept_no_sense_is_forgotten():
    known = memory.recall({"reader:a": "1790000000000 1 adult", "reader:b": "17900\x00", "reader:c": ""}, {})
    assert list(known.readers) == ["a"]


def test_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "MAX_READERS", 2)
    known = Memory()
    for letter in "abac":
        known, effects = memory.meet(known, replace(LI, pseudonym=letter * 32), NOW, known_days=30)
    assert list(known.readers) == ["a" * 32, "c" * 32]
    assert effects[-1] == Remember(f"reader:{'b' * 32}", None)


# ---------------------------------------------------------------- tags
def unchanged(item: str, *, secured: bool) -> Record:
    return Record(facts.TagUnchanged("E1", item, secured, number("tag_not_secured")))


def test_a_tag_that_stayed_as_it_was_is_a_wish_until_it_is_changed():
    known, effects = memory.note(Memory(), [unchanged("B001", secured=True)])
    assert known.wishes == {"B001": True}
    assert effects == (Remember("tag:B001", "1"),)
    known, effects = memory.note(known, [Record(facts.TagChanged("E1", "B001", secured=True))])
    assert known.wishes == {}
    assert effects == (Remember("tag:B001", None),)
    assert memory.note(known, [Record(facts.TagChanged("E1", "B001", secured=True))]) == (known, ())


def test_a_tag_whose_book_nobody_knows_is_no_wish():
    assert memory.note(Memory(), [unchanged("", secured=True)]) == (Memory(), ())


def test_the_oldest_wish_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "MAX_WISHES", 1)
    known, _ = memory.note(Memory(), [unchanged("B001", secured=True)])
    known, effects = memory.note(known, [unchanged("B002", secured=False)])
    assert known.wishes == {"B002": False}
    assert set(effects) == {Remember("tag:B002", "0"), Remember("tag:B001", None)}


# ---------------------------------------------------------------- time
def test_centrals_time_goes_on_by_the_clock_that_does_not_jump():
    heard = Memory(ahead_ms=1_790_000_000_000)
    assert heard.time_ms(Now(5, 1_000)) == 1_790_000_001_000
    assert Memory().time_ms(Now(5, 1_000)) == 5


def test_a_clock_is_set_when_central_was_heard_or_the_date_can_be_right():
    assert not Memory().clock_set(Now(RELEASE_MS - 1, 0))
    assert Memory().clock_set(Now(RELEASE_MS, 0))
    assert Memory(ahead_ms=RELEASE_MS).clock_set(Now(0, 0))
