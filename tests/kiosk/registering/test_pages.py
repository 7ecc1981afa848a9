"""Page by page: who it is, the terms, what is typed; and the ways out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from drivers.events import ID_CARD
from kiosk.debts import Debt
from kiosk.effects import Record
from kiosk.events import ReaderAnswered, ServingChanged, ShownInVain
from kiosk.memory import Memory
from kiosk.owed import Owed
from kiosk.register_effects import AskBearer, AskRegistration
from kiosk.registering.state import Phase, Registering, Slip
from kiosk.registering.surroundings import SignIn
from kiosk.session.state import Phase as SessionPhase
from kiosk.session.state import Session
from tests.kiosk.registering.clerk import CHILD, LI, PARENT, PHONE, PIN, Clerk, id_card, named
from wire import facts
from wire.faults import number

NOT_NOW = number("register_not_now")


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


def test_somebody_becomes_a_reader(clerk: Clerk):
    txn = clerk.send()
    application = clerk.last(AskRegistration).application
    assert (application.number, application.name, application.born) == (LI.number, LI.name, LI.born)
    assert (application.phone, application.pin) == (PHONE, PIN)
    assert (application.terms, application.reader_type, application.guardian) == ("2026-1", "adult", "")
    assert clerk.effects[-2:] == [
        Record(facts.RegisterAsked(txn, named(LI.number)), card=LI.number),
        AskRegistration(txn, application),
    ], "the intent comes before the question"
    clerk.answer()
    assert clerk.facts[-1] == facts.ReaderRegistered(txn, "id_card", "adult")
    assert clerk.registering.phase is Phase.DONE
    assert (clerk.registering.phone, clerk.registering.pin) == ("", "")
    clerk.touch("go_on")
    assert clerk.signed_in == [LI.number]
    assert clerk.last(SignIn).card.medium == ID_CARD
    assert clerk.registering == Registering(run="0badcafe", asks=2), "nothing of them stays"


def test_no_repr_shows_a_word_of_them(clerk: Clerk):
    clerk.to_terms(CHILD)
    clerk.lay(PARENT)
    clerk.bearer("R0007")
    clerk.touch("agree")
    clerk.type("phone", PHONE)
    clerk.type("pin", PIN)
    clerk.type("pin", PIN)
    told = repr(clerk.registering) + repr(clerk.effects)
    for word in (CHILD.number, CHILD.name, PARENT.number, PARENT.name, PHONE, "R0007", CHILD.address):
        assert word not in told
    assert f"'{PIN}'" not in told


def test_who_is_a_reader_is_told_so_and_signed_in(clerk: Clerk):
    clerk.touch("register")
    clerk.lay(LI)
    clerk.bearer("R0001")
    assert clerk.registering.phase is Phase.KNOWN
    clerk.pass_s(4)
    assert clerk.signed_in == [LI.number]
    assert clerk.facts == []


def test_an_identity_card_that_nobody_bears_is_offered_a_registration(clerk: Clerk):
    clerk.show(LI)
    clerk.session = Session(SessionPhase.OPEN, card_ask=4)
    clerk.happen(ReaderAnswered(4, None, number("card_unknown")))
    assert clerk.registering.phase is Phase.OFFERED
    clerk.touch("register")
    assert clerk.registering.phase is Phase.TERMS
    assert clerk.all(AskBearer) == [], "the session has just asked"


@pytest.mark.parametrize("fault", ["card_blocked", "cannot_check_card"])
def test_one_that_somebody_bears_is_the_session_s_matter(clerk: Clerk, fault: str):
    clerk.show(LI)
    clerk.session = Session(card_ask=4)
    clerk.happen(ReaderAnswered(6, None, number("card_unknown")))
    assert clerk.registering.phase is Phase.SHOWN, "the answer about another card"
    clerk.happen(ReaderAnswered(4, None, number(fault)))
    assert clerk.registering == Registering(run="0badcafe")


@pytest.mark.parametrize(
    "away", [{"ils_up": False}, {"lending": False}, {"memory": Memory(ahead_ms=-(10**12) * 2)}]
)
def test_where_it_cannot_be_nobody_types_anything(clerk: Clerk, away: dict[str, object]):
    clerk.more = away
    clerk.touch("register")
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, NOT_NOW)
    clerk.more = {}
    clerk.touch("register")
    assert clerk.registering.phase is Phase.AWAITING
    clerk.takes = frozenset({"85"})
    clerk.touch("done")
    clerk.show(LI)
    assert clerk.registering.phase is Phase.IDLE, "an ILS that takes none is offered none"


def test_the_ils_falls_silent_before_anything_was_sent(clerk: Clerk):
    clerk.touch("register")
    clerk.lay(LI)
    clerk.fall_silent()
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, NOT_NOW)
    assert clerk.facts == []


def test_the_line_is_lost_before_the_last_page(clerk: Clerk):
    clerk.to_last_page()
    clerk.more = {"ils_up": False}
    clerk.type("pin", PIN)
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, NOT_NOW)
    assert clerk.facts == []


# ---------------------------------------------------------------- cards
def test_a_card_out_of_date(clerk: Clerk):
    clerk.touch("register")
    clerk.lay(replace(LI, valid_until=date(2026, 9, 20)))
    assert clerk.registering.fault == number("id_card_expired")
    clerk.touch("register")
    clerk.lay(replace(LI, valid_until=date(2026, 9, 22)))
    assert clerk.registering.phase is Phase.LOOKING_UP


def test_a_card_that_cannot_be_read_is_asked_for_again(clerk: Clerk):
    clerk.touch("register")
    clerk.happen(ShownInVain("id_reader", number("card_removed")))
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.AWAITING, number("card_removed"))
    clerk.lay(LI)
    assert clerk.registering.fault is None


def test_a_child_needs_a_guardian_who_is_of_age_and_a_reader(clerk: Clerk):
    clerk.to_terms(CHILD)
    assert clerk.registering.phase is Phase.GUARDIAN
    young = id_card("110105201001010025", "小王", date(2010, 1, 1))
    for card in (CHILD, young):
        clerk.lay(card)
        assert (clerk.registering.phase, clerk.registering.fault) == (
            Phase.GUARDIAN,
            number("guardian_unfit"),
        )
    clerk.lay(PARENT)
    clerk.bearer("")
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.GUARDIAN, number("guardian_unknown"))
    clerk.lay(PARENT)
    clerk.bearer("R0007")
    assert clerk.registering.phase is Phase.TERMS
    assert clerk.registering.guardian == PARENT
    clerk.touch("agree")
    clerk.type("phone", PHONE)
    clerk.type("pin", PIN)
    clerk.type("pin", PIN)
    application = clerk.last(AskRegistration).application
    assert (application.number, application.guardian, application.reader_type) == (
        CHILD.number,
        "R0007",
        "child",
    )


def test_fourteen_years_old_today_is_old_enough(clerk: Clerk):
    clerk.to_terms(replace(LI, born=date(2012, 9, 22)))  # today is 2026-09-21
    assert clerk.registering.phase is Phase.GUARDIAN
    clerk.touch("done")
    clerk.to_terms(replace(LI, born=date(2012, 9, 21)))
    assert clerk.registering.phase is Phase.TERMS


def test_who_is_unclear_since_before_is_not_asked_for_again(clerk: Clerk):
    debt = Debt("0badcafe80000009", "register", "", named(LI.number))
    clerk.more = {"owed": Owed((debt,))}
    clerk.to_terms()
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, number("register_unclear"))


# ---------------------------------------------------------------- what is typed
@pytest.mark.parametrize(
    "text", ["", "1380013800", "138001380000", "23800138000", "1380013800a", "１３８００１３８０００"]
)
def test_a_telephone_number_that_is_none(clerk: Clerk, text: str):
    clerk.to_terms()
    clerk.touch("agree")
    clerk.type("phone", text)
    assert (clerk.registering.phase, clerk.registering.slip) == (Phase.PHONE, Slip.PHONE)
    clerk.type("pin", PIN)
    assert clerk.registering.phase is Phase.PHONE, "it was meant for another page"
    clerk.type("phone", "01065128000")
    assert (clerk.registering.phase, clerk.registering.slip) == (Phase.PIN, None)


def test_a_pin_that_anybody_guesses_and_one_typed_in_two_ways(clerk: Clerk):
    clerk.to_terms()
    clerk.touch("agree")
    clerk.type("phone", PHONE)
    for weak in ("123456", "491231", "88888", "888888"):
        clerk.type("pin", weak)
        assert (clerk.registering.phase, clerk.registering.slip) == (Phase.PIN, Slip.WEAK)
    clerk.type("pin", PIN)
    clerk.type("pin", "802932")
    assert (clerk.registering.phase, clerk.registering.slip) == (Phase.PIN, Slip.DIFFERENT)
    assert clerk.registering.pin == ""
    assert clerk.all(AskRegistration) == []


def test_one_page_back(clerk: Clerk):
    clerk.to_last_page()
    for phase in (Phase.PIN, Phase.PHONE, Phase.TERMS):
        clerk.touch("back")
        assert clerk.registering.phase is phase
    assert clerk.registering.pin == ""


# ---------------------------------------------------------------- the ways out
WAITING = (Phase.AWAITING, Phase.GUARDIAN, Phase.TERMS, Phase.PHONE, Phase.PIN, Phase.PIN_AGAIN)


def at(clerk: Clerk, phase: Phase) -> None:
    """Bring it there."""
    if phase is Phase.AWAITING:
        clerk.touch("register")
    elif phase is Phase.GUARDIAN:
        clerk.to_terms(CHILD)
    else:
        clerk.to_last_page()
        while clerk.registering.phase is not phase:
            clerk.touch("back")


@pytest.mark.parametrize("phase", WAITING)
def test_whoever_leaves_or_falls_silent_leaves_nothing(clerk: Clerk, phase: Phase):
    for leave in (
        lambda: clerk.touch("done"),
        lambda: clerk.pass_s(180 if phase is Phase.TERMS else 60),
        lambda: clerk.happen(ServingChanged(serving=False)),
    ):
        at(clerk, phase)
        assert clerk.registering.phase is phase
        leave()
        assert clerk.registering == Registering(run="0badcafe", asks=clerk.registering.asks)
    assert clerk.facts == []
    assert clerk.signed_in == []


@pytest.mark.parametrize("phase", WAITING)
def test_more_time_is_given_for_the_asking(clerk: Clerk, phase: Phase):
    at(clerk, phase)
    for _ in range(5):
        clerk.pass_s(59)
        clerk.touch("more_time")
    assert clerk.registering.phase is phase


@pytest.mark.parametrize("phase", WAITING)
def test_a_reader_s_card_has_the_desk(clerk: Clerk, phase: Phase):
    at(clerk, phase)
    clerk.card("R0002")
    assert clerk.signed_in == ["R0002"]
    assert clerk.registering.bearer is None


def test_their_own_card_again_gives_them_time_and_another_s_has_the_desk(clerk: Clerk):
    clerk.to_terms()
    clerk.pass_s(50)
    end_ms = clerk.registering.end_at_ms
    clerk.lay(LI)
    assert clerk.registering.phase is Phase.TERMS
    assert clerk.registering.end_at_ms != end_ms
    clerk.lay(PARENT)
    assert clerk.signed_in == [PARENT.number]
    assert (clerk.registering.phase, clerk.registering.bearer) == (Phase.SHOWN, PARENT), (
        "who may be nobody's, too"
    )


@pytest.mark.parametrize("phase", [SessionPhase.IDENTIFYING, SessionPhase.IDENTIFIED, SessionPhase.ENDING])
def test_nobody_registers_over_a_reader_who_is_signed_in_or_about_to_be(clerk: Clerk, phase: SessionPhase):
    clerk.session = Session(phase)
    clerk.touch("register")
    assert clerk.registering.phase is Phase.IDLE
