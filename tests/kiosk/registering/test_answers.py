"""What becomes of a registration that was sent: yes, no, silence, and what is found out after it."""

from __future__ import annotations

import pytest

from kiosk.events import IlsSilent, ServingChanged, Verdict
from kiosk.register_effects import AskRegistration
from kiosk.register_events import RegistrationAnswered
from kiosk.registering.state import Phase, Slip
from tests.kiosk.registering.clerk import LI, PARENT, PIN, Clerk, named
from wire import facts
from wire.faults import number

WHO = named(LI.number)


@pytest.fixture
def clerk() -> Clerk:
    return Clerk()


def test_a_no_is_told_in_the_ils_s_words(clerk: Clerk):
    txn = clerk.send()
    clerk.answer(number("type_not_offered"))
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, number("type_not_offered"))
    assert clerk.facts[-1] == facts.RegisterRefused(txn, WHO, number("type_not_offered"))
    assert clerk.registering.bearer is None


def test_who_has_become_a_reader_elsewhere_meanwhile_is_signed_in(clerk: Clerk):
    clerk.send()
    clerk.answer(number("id_card_taken"))
    assert clerk.registering.phase is Phase.KNOWN
    clerk.lay(LI)
    assert clerk.signed_in == [LI.number]


def test_a_pin_that_the_ils_does_not_take_is_chosen_anew(clerk: Clerk):
    first = clerk.send()
    clerk.answer(number("pin_weak"))
    assert (clerk.registering.phase, clerk.registering.slip) == (Phase.PIN, Slip.WEAK)
    clerk.type("pin", PIN)
    clerk.type("pin", PIN)
    assert clerk.last(AskRegistration).txn != first
    clerk.answer()
    assert clerk.registering.phase is Phase.DONE


def test_nothing_takes_the_desk_from_who_waits_for_the_answer(clerk: Clerk):
    clerk.send()
    clerk.card()
    clerk.lay(PARENT)
    clerk.touch("done")
    clerk.happen(ServingChanged(serving=False))
    clerk.happen(RegistrationAnswered("0badcafe00000001", None))
    assert clerk.registering.phase is Phase.ENTERING
    assert clerk.signed_in == []


def unsure(clerk: Clerk) -> str:
    txn = clerk.send()
    clerk.happen(IlsSilent(ask=7))
    assert clerk.registering.phase is Phase.ENTERING, "silence about another question"
    clerk.fall_silent()
    assert clerk.registering.phase is Phase.UNSURE
    assert clerk.facts[-1] == facts.RegisterOwed(txn, WHO)
    return txn


def test_after_a_silence_it_is_found_out_and_not_sent_again(clerk: Clerk):
    unsure(clerk)
    clerk.settle(Verdict.SILENT)
    clerk.settle(Verdict.UNCLEAR)
    assert clerk.registering.phase is Phase.UNSURE
    clerk.settle(Verdict.DONE)
    assert clerk.registering.phase is Phase.DONE
    assert len(clerk.all(AskRegistration)) == 1


def test_what_the_ils_never_did_is_sent_once_more_under_another_name(clerk: Clerk):
    first = unsure(clerk)
    clerk.settle(Verdict.NEVER)
    assert clerk.registering.phase is Phase.ENTERING
    second = clerk.last(AskRegistration)
    assert second.txn != first
    assert second.application == clerk.all(AskRegistration)[0].application
    clerk.fall_silent()
    clerk.settle(Verdict.NEVER)
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, number("register_not_now"))
    assert len(clerk.all(AskRegistration)) == 2


@pytest.mark.parametrize("end", ["time", "touch"])
def test_what_stays_unclear_is_told_as_that(clerk: Clerk, end: str):
    unsure(clerk)
    if end == "time":
        clerk.pass_s(30)
    else:
        clerk.touch("done")
    assert (clerk.registering.phase, clerk.registering.fault) == (Phase.FAILED, number("register_unclear"))
    assert clerk.registering.bearer is None
