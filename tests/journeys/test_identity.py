"""A reader who comes with an identity card: known by it, and no trace of its number anywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drivers.events import IdCard, IdCardShown
from tests.journeys.house import ID_NUMBER, READER, Kiosk, World
from wire.facts import EntryGranted, LoanMade, SessionOpened

CARD = IdCard("李明", 1, "01", date(1949, 12, 31), "北京市", ID_NUMBER, "某局", date(2020, 1, 1), None)


@pytest.fixture
def kiosk(tmp_path: Path):
    kiosk = Kiosk(tmp_path, World())
    kiosk.boot_and_settle()
    yield kiosk
    kiosk.power_off()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert ID_NUMBER.encode() not in kept
    assert ID_NUMBER not in repr(kiosk.loop.kiosk.session)


def test_books_are_lent_to_the_reader_of_the_identity_card(kiosk: Kiosk):
    kiosk.happen(IdCardShown("scanner", CARD))
    kiosk.lay("E1")
    assert kiosk.world.lent == {"B001": READER.card}
    (opened,) = [fact for fact in kiosk.facts() if isinstance(fact, SessionOpened)]
    (made,) = [fact for fact in kiosk.facts() if isinstance(fact, LoanMade)]
    assert opened.reader == made.reader == READER.pseudonym


def test_the_door_opens_for_it(kiosk: Kiosk):
    kiosk.happen(IdCardShown("door_scanner", CARD))
    (granted,) = [fact for fact in kiosk.facts() if isinstance(fact, EntryGranted)]
    assert (granted.reader, kiosk.world.releases) == (READER.pseudonym, 1)


def test_what_the_library_system_does_not_answer_about_is_asked_by_the_library_card(kiosk: Kiosk):
    kiosk.happen(IdCardShown("scanner", CARD))
    kiosk.world.silent = True
    kiosk.lay("E1")
    assert [intent.card for intent in kiosk.journal.intents()] == [READER.card]
