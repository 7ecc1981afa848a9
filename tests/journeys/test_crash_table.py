"""Power or line lost at each row of the design's crash table, and what the kiosk makes of it at its next start.

| lost after                               | test                                                              |
| ---------------------------------------- | ----------------------------------------------------------------- |
| tag seen                                 | `test_a_tag_that_was_only_seen`                                   |
| loan or return asked, on disk            | `test_what_was_asked_…`                                           |
| refused offline after asking, ILS lent   | `test_a_book_that_the_reader_was_told_to_leave`                   |
| ILS said yes, tag still secured          | `test_a_loan_whose_tag_…`                                         |
| return made, tag not secured again       | `test_a_return_whose_tag_…`                                       |
| door released, fact not written          | `test_an_opening_that_only_the_door_unit_counted`                 |
| loan made, on disk                       | `test_a_loan_that_is_on_disk`                                     |
| sent, no watermark                       | `test_what_central_never_acknowledged`                            |
| central gone for a week                  | `test_a_week_without_central`                                     |
| payment taken, 37 unanswered             | `tests.journeys.test_payments`                                    |
| registration (81) unanswered             | `tests.journeys.test_registration`                                |

Every effect of a whole visit is cut in `test_crashes`, and at random in `test_walks`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.events import DoorSensed
from kiosk import config
from kiosk.cursor import Cursor
from kiosk.effects import AskLoan, AskReplay, AskReturn, AskSettle, WriteTag
from kiosk.events import IlsChanged, Touched
from tests.journeys.house import READER, SETTLES_S, Kiosk, PowerCut, World
from tests.journeys.truth import assert_settled, assert_tags_told
from wire import facts
from wire.envelope import UnknownFact, decode_fact
from wire.faults import number
from wire.orders import Watermark

LENT_B1 = {"B001": "R0009"}
CIRCULATION = (AskLoan, AskReturn, AskSettle, AskReplay)


def lent_world() -> World:
    world = World(lent=dict(LENT_B1))
    world.secured["E1"] = False
    return world


def cut(kiosk: Kiosk, at: int, *, after: bool) -> None:
    """The power goes at this effect from now on."""
    kiosk.hands.cut_at, kiosk.hands.cut_after = kiosk.hands.done + at, after


def again(kiosk: Kiosk, folder: Path) -> Kiosk:
    """The next run, on what the disk has."""
    kiosk.power_off()
    fresh = Kiosk(folder, kiosk.world)
    fresh.boot_and_settle()
    return fresh


# ---------------------------------------------------------------- seen, asked
def test_a_tag_that_was_only_seen(tmp_path: Path):
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    cut(kiosk, 1, after=False)
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    kiosk = again(kiosk, tmp_path)
    assert not [kind for kind in kiosk.kinds() if kind.startswith(("loan", "return", "tag"))]
    kiosk.lift("E1")
    kiosk.lay("E1")
    kiosk.card()
    assert kiosk.world.lent == {"B001": READER.card}
    kiosk.power_off()


@pytest.mark.parametrize(("heard", "end"), [(True, "loan.made"), (False, "loan.abandoned")])
def test_what_was_asked_about_a_loan_is_asked_about_again(tmp_path: Path, heard: bool, end: str):
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.card()
    cut(kiosk, 1, after=heard)
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    assert kiosk.kinds()[-1] == "loan.asked"
    kiosk = again(kiosk, tmp_path)
    assert end in kiosk.kinds()
    assert_settled(kiosk, {})
    assert_tags_told(kiosk)
    kiosk.power_off()


@pytest.mark.parametrize(("heard", "end"), [(True, "return.made"), (False, "return.abandoned")])
def test_what_was_asked_about_a_return_is_asked_about_again(tmp_path: Path, heard: bool, end: str):
    kiosk = Kiosk(tmp_path, lent_world())
    kiosk.boot()
    cut(kiosk, 2, after=heard)
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    assert kiosk.kinds()[-1] == "return.asked"
    kiosk = again(kiosk, tmp_path)
    assert end in kiosk.kinds()
    assert_settled(kiosk, LENT_B1)
    assert_tags_told(kiosk)
    kiosk.power_off()


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "contradictory"])
def test_what_was_asked_and_stays_unclear_is_owed_until_staff_or_the_ils_end_it(tmp_path: Path, silent: bool):
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.card()
    cut(kiosk, 1, after=True)
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    kiosk.power_off()
    world = kiosk.world
    world.unclear = set() if silent else {"B001"}
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    world.deaf = silent
    kiosk.pass_s(SETTLES_S)
    (owed,) = [fact for fact in kiosk.facts() if isinstance(fact, facts.LoanOwed)]
    assert owed.sealed, "staff can find the reader"
    world.deaf = False
    world.unclear.clear()
    kiosk.pass_s(60)
    assert_settled(kiosk, {})
    kiosk.power_off()


# ---------------------------------------------------------------- refused offline
def test_a_book_that_the_reader_was_told_to_leave(tmp_path: Path):
    """The ILS had lent it: the owed answer says so, and staff see that the book stayed secured."""
    world = World(offline=config.Offline(lend=False))
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    world.silent = True
    kiosk.lay("E1")
    assert kiosk.kinds()[-1] == "loan.owed"
    assert world.secured["E1"]
    world.silent = False
    kiosk = again(kiosk, tmp_path)
    assert "loan.made" in kiosk.kinds()
    assert_settled(kiosk, {})
    assert_tags_told(kiosk)
    kiosk.power_off()


# ---------------------------------------------------------------- tags
@pytest.mark.parametrize("ils", ["there", "silent at the start"])
def test_a_loan_whose_tag_is_still_secured_is_mended_when_it_is_next_seen(tmp_path: Path, ils: str):
    """Power lost between the ILS's yes and the tag: the book still lies there, and may be taken along."""
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.card()
    cut(kiosk, 2, after=False)
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    assert isinstance(kiosk.facts()[-1], facts.LoanMade)
    kiosk.power_off()
    world = kiosk.world
    world.deaf = ils != "there"
    kiosk = Kiosk(tmp_path, world)
    unchanged = [fact for fact in kiosk.facts() if isinstance(fact, facts.TagUnchanged)]
    assert [(fact.item, fact.secured) for fact in unchanged] == [("B001", False)]
    kiosk.boot()
    world.deaf = False
    kiosk.happen(IlsChanged(up=True))
    assert not world.secured["E1"]
    assert kiosk.facts()[-1] == facts.TagChanged("E1", "B001", secured=False)
    assert world.lent == {"B001": READER.card}
    kiosk.power_off()


def test_a_loan_whose_tag_could_not_be_written_is_mended_in_a_later_run(tmp_path: Path):
    world = World(unwritable={"E1"})
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    assert "tag.unchanged" in kiosk.kinds()
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    kiosk.power_off()
    world.unwritable.clear()
    world.on_pad.append("E1")  # the gate has sounded and the reader is back, while the kiosk starts
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    assert not world.secured["E1"]
    kiosk.power_off()


def test_a_tag_is_left_alone_where_the_book_has_come_back_elsewhere_since(tmp_path: Path):
    world = World(unwritable={"E1"})
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    kiosk.power_off()
    world.unwritable.clear()
    world.lent.clear()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    assert world.secured["E1"], "in stock, and it stays secured"
    kiosk.power_off()


def test_a_return_whose_tag_is_not_secured_is_not_lent_on_before_it_is(tmp_path: Path):
    world = lent_world()
    world.unwritable.add("E1")
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.lay("E1")
    assert kiosk.facts()[-1] == facts.TagUnchanged("E1", "B001", True, number("tag_not_secured"))
    kiosk.lift_all()
    kiosk.pass_s(7)
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    assert world.lent == {}, "not while it is not secured"
    kiosk.lift_all()
    world.unwritable.clear()
    kiosk.lay("E1")
    assert world.lent == {"B001": READER.card}
    written = [effect.secured for effect in kiosk.hands.effects if isinstance(effect, WriteTag)]
    assert written[-2:] == [True, False], "secured, then lent"
    changed = [fact.secured for fact in kiosk.facts() if isinstance(fact, facts.TagChanged)]
    assert changed == [True, False]
    kiosk.power_off()


def test_a_return_whose_tag_was_not_secured_when_the_power_went(tmp_path: Path):
    kiosk = Kiosk(tmp_path, lent_world())
    kiosk.boot()
    cut(kiosk, 3, after=False)
    with pytest.raises(PowerCut):
        kiosk.lay("E1")
    assert isinstance(kiosk.facts()[-1], facts.ReturnMade)
    kiosk = again(kiosk, tmp_path)
    assert kiosk.world.secured["E1"], "it still lay there, and the ILS has it in stock"
    assert_settled(kiosk, LENT_B1)
    kiosk.power_off()


# ---------------------------------------------------------------- the door
def test_an_opening_that_only_the_door_unit_counted(tmp_path: Path):
    """The door was released, the power went before the disk had that, and somebody came in."""
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.happen(DoorSensed("door", True, True, False, False, 1))
    kiosk.happen(DoorSensed("door", False, False, False, False, 1))
    before = kiosk.kinds()
    cut(kiosk, 2, after=True)
    with pytest.raises(PowerCut):
        kiosk.card(device="door_scanner")
    assert (kiosk.world.releases, kiosk.kinds()) == (1, before), "nothing is on disk"
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, kiosk.world)
    counted = DoorSensed("door", False, False, False, False, 2)
    kiosk.happen(counted)
    assert kiosk.facts()[-1] == facts.DoorOpened(2, recovered=True)
    kiosk.happen(counted)
    kiosk.power_off()
    kiosk = Kiosk(tmp_path, kiosk.world)
    kiosk.happen(counted)
    assert kiosk.kinds().count("door.opened") == 2, "told once"
    kiosk.power_off()


# ---------------------------------------------------------------- delivery
class Central:
    """Takes batches and says how far it is; each fact is kept under its own name once."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, int], bytes] = {}
        self.batches = 0

    def take(self, kiosk: Kiosk, last: int) -> Watermark:
        self.batches += 1
        for row in kiosk.journal.since(0, last):
            self.held.setdefault((kiosk.journal.id, row.seq), row.fact)
        return Watermark(kiosk.journal.id, 1, last, kiosk.world.wall_ms)

    def told(self) -> list[facts.AnyFact | UnknownFact]:
        return [decode_fact(fact) for _, fact in sorted(self.held.items())]


def test_a_loan_that_is_on_disk(tmp_path: Path):
    """Only its delivery remains: the next run sends it, and nobody is asked anything about it again."""
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    kiosk = again(kiosk, tmp_path)
    assert not [effect for effect in kiosk.hands.effects if isinstance(effect, CIRCULATION)]
    assert kiosk.kinds().count("loan.made") == 1
    central = Central()
    kiosk.journal.acked(central.take(kiosk, kiosk.journal.head))
    assert kiosk.journal.watermark == kiosk.journal.head
    assert central.told() == kiosk.facts()
    kiosk.power_off()


def test_what_central_never_acknowledged(tmp_path: Path):
    """Its watermark was lost: sent again after 10 s or by the next run, and central has each fact once."""
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E1")
    central, head = Central(), kiosk.journal.head
    cursor = Cursor(kiosk.journal.watermark, head, lambda: 0.0)
    cursor.open()
    assert cursor.next(0) is not None
    central.take(kiosk, head)
    cursor.sent_to(head, 0)
    assert cursor.next(9_999) is None
    assert cursor.next(10_000) is not None, "again, from what is acknowledged"
    central.take(kiosk, head)
    kiosk = again(kiosk, tmp_path)
    cursor = Cursor(kiosk.journal.watermark, kiosk.journal.head, lambda: 0.0)
    cursor.open()
    assert cursor.next(0) == 1, "the next run knows of no watermark either"
    kiosk.journal.acked(central.take(kiosk, kiosk.journal.head))
    assert central.batches == 3
    assert central.told() == kiosk.facts()
    kiosk.power_off()


def test_a_week_without_central(tmp_path: Path):
    """Lending goes on; at 80 % an alarm, at 95 % nobody begins to borrow, and returns and the door go on."""
    world = lent_world()
    world.journal = config.Journal(facts=1000)
    kiosk = Kiosk(tmp_path, world)
    kiosk.boot()
    kiosk.card()
    kiosk.lay("E2")
    assert world.lent["B002"] == READER.card
    kiosk.happen(Touched("done"))
    kiosk.lift_all()
    filling, full = number("journal_filling"), number("journal_full")
    seen = 1
    while kiosk.journal.head < 810:
        seen = _open_the_door(kiosk, seen)
    assert (filling, "") in kiosk.loop.kiosk.station.troubles
    assert (full, "") not in kiosk.loop.kiosk.station.troubles
    while kiosk.journal.head < 960:
        seen = _open_the_door(kiosk, seen)
    assert (full, "") in kiosk.loop.kiosk.station.troubles
    kiosk.card()
    assert kiosk.loop.kiosk.session
    assert kiosk.loop.kiosk.session.reader is None, "no new session"
    kiosk.lay("E1")
    assert "B001" not in world.lent, "returns are taken"
    releases = world.releases
    kiosk.card(device="door_scanner")
    assert world.releases == releases + 1, "the door works"
    while world.releases < 60:
        kiosk.pass_s(10)  # a card that is held there is one entry
        kiosk.card(device="door_scanner")
    assert kiosk.journal.head <= 1010, "bounded"
    dropped = kiosk.journal.standing.lost
    kiosk.journal.acked(Watermark(kiosk.journal.id, 1, kiosk.journal.head, world.wall_ms))
    kiosk.card(device="door_scanner")
    lost = [fact.count for fact in kiosk.facts() if isinstance(fact, facts.FactsLost)]
    assert lost == [dropped], "how many were dropped is told, once"
    assert dropped > 0
    kiosk.power_off()


def _open_the_door(kiosk: Kiosk, openings: int) -> int:
    kiosk.happen(DoorSensed("door", True, True, False, False, openings))
    kiosk.happen(DoorSensed("door", False, False, False, False, openings))
    return openings + 1
