"""Tags that are put right when their book is next seen: only where the ILS says that they should be."""

from __future__ import annotations

from drivers.errors import Gone
from drivers.events import DeviceLost, TagContent, TagGone, TagSeen, TagWritten
from kiosk import repairs
from kiosk.effects import AnyEffect, AskItem, Record, WriteTag
from kiosk.events import AnyEvent, IlsChanged, IlsSilent, Item, ItemAnswered
from kiosk.repairs import Repairs
from wire import facts

WISHES = {"B001": False, "B002": True}
SET = {part: TagContent("B002", parts=2, part=part) for part in (1, 2)}


class Pad:
    """Repairs to play with: what lies there is nobody's."""

    def __init__(self) -> None:
        self.state = Repairs()
        self.nobodys = frozenset({"E1", "E2", "E3"})

    def happen(self, event: AnyEvent) -> list[AnyEffect]:
        self.state, effects = repairs.step(self.state, event, WISHES, self.nobodys)
        return list(effects)

    def see(self, uid: str = "E1", content: TagContent | None = TagContent("B001")) -> list[AnyEffect]:  # noqa: B008 - frozen
        return self.happen(TagSeen("pad", uid, content))

    def answer(self, *, on_loan: bool, ask: int = -1) -> list[AnyEffect]:
        return self.happen(ItemAnswered(ask, Item("B001", "活着", on_loan)))

    def write(self, uid: str = "E1", *, secured: bool = False, ok: bool = True) -> list[AnyEffect]:
        return self.happen(TagWritten("pad", uid, secured, None if ok else Gone("no tag")))


def test_the_ils_is_asked_then_the_tag_is_written_then_it_is_told():
    pad = Pad()
    assert pad.see() == [AskItem(-1, "B001")]
    assert pad.answer(on_loan=True) == [WriteTag("E1", secured=False)]
    assert pad.write() == [Record(facts.TagChanged("E1", "B001", secured=False))]
    assert pad.state.under_way == ()


def test_a_book_that_is_not_as_the_wish_has_it_is_left_alone():
    pad = Pad()
    pad.see()
    assert pad.answer(on_loan=False) == []
    pad.see()
    assert pad.happen(ItemAnswered(-2, None, 205)) == []
    assert pad.state.under_way == ()


def test_books_of_a_session_without_a_wish_or_without_a_number_are_not_its_matter():
    pad = Pad()
    assert pad.see("E9") == []
    assert pad.see(content=TagContent("B003")) == []
    assert pad.see(content=None) == []


def test_after_a_silence_it_is_asked_when_the_line_is_back():
    pad = Pad()
    pad.see()
    assert pad.happen(IlsSilent(ask=-1)) == []
    assert pad.happen(IlsChanged(up=False)) == []
    assert pad.happen(IlsChanged(up=True)) == [AskItem(-2, "B001")]
    assert pad.happen(IlsChanged(up=True)) == [], "asked once"
    assert pad.answer(on_loan=True, ask=-2) == [WriteTag("E1", secured=False)]


def test_a_set_is_told_when_all_its_parts_are_written():
    pad = Pad()
    pad.see("E1", SET[1])
    assert pad.answer(on_loan=False) == [WriteTag("E1", secured=True)]
    assert pad.write("E1", secured=True) == []
    assert pad.see("E2", SET[2]) == [WriteTag("E2", secured=True)]
    told = pad.write("E2", secured=True)
    assert told == [Record(facts.TagChanged(uid, "B002", secured=True)) for uid in ("E1", "E2")]


def test_what_the_ils_said_is_not_believed_after_the_book_was_lifted():
    pad = Pad()
    pad.see("E1", SET[1])
    pad.answer(on_loan=False)
    pad.write("E1", secured=True)
    pad.happen(TagGone("pad", "E1"))
    assert pad.see("E2", SET[2]) == [AskItem(-2, "B002")]


def test_a_tag_that_cannot_be_written_is_tried_when_it_is_next_seen():
    pad = Pad()
    pad.see()
    pad.answer(on_loan=True)
    assert pad.write(ok=False) == []
    assert pad.state.under_way == ()
    assert pad.see() == [AskItem(-2, "B001")]


def test_a_tag_that_leaves_or_a_pad_that_is_lost_ends_it():
    for event in (TagGone("pad", "E1"), DeviceLost("pad", Gone("unplugged"))):
        pad = Pad()
        pad.see()
        pad.happen(event)
        assert pad.state.under_way == ()
        assert pad.answer(on_loan=True) == []


def test_somebody_elses_answers_change_nothing():
    pad = Pad()
    pad.see()
    before = pad.state
    assert pad.answer(on_loan=True, ask=2) == []
    assert pad.happen(IlsSilent(ask=2)) == []
    assert pad.write() == [], "not confirmed yet"
    assert pad.write("E7") == []
    assert pad.happen(DeviceLost("gate", Gone("unplugged"))) == []
    assert pad.state == before
