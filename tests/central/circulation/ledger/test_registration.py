"""New readers and changes of them, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from central.accounts.models import AuditEntry
from central.circulation.ledger import pins, registration, terms
from central.circulation.ledger.models import Payment, Reader, ReaderType
from central.circulation.ledger.outcomes import Refused, Registered
from central.circulation.ledger.registration import Changes, Deposit, Registration
from tests.central.circulation.ledger.purse import BALANCED, fresh, id_number, imbalances, shown
from tests.central.circulation.world import CUN, NOW_MS, TODAY

CARD = "11010519900101001"
NEW = Registration("孟春和", "N1", type="adult")


@pytest.fixture(autouse=True)
def types(session):
    """A type that a machine may give, and others that none may."""
    session.get(ReaderType, "child").self_service = False
    session.get(ReaderType, "child").guardian_below = 14
    session.add(
        ReaderType(id="school", name_zh="学校", name_en="School", institution=True, self_service=True)
    )
    session.flush()


def row(session, card):
    session.expire_all()
    return session.get(Reader, card)


def count(session, model=Reader):
    return session.scalar(select(func.count()).select_from(model))


# ---------------------------------------------------------------- new readers
def test_a_reader_is_entered_with_all_that_was_told(session, cursor):
    new = replace(
        NEW,
        pin=pins.new("275839"),
        id_card=shown(CARD, TODAY),
        phone="13900000000",
        email="a@example.org",
        address="清源县",
        nation="汉",
    )
    assert registration.register(cursor, CUN, new) == Registered("N1", "孟春和", "adult", date(2031, 3, 1))

    reader = row(session, "N1")
    assert (reader.branch_id, reader.expires_on, reader.born_on) == (
        "cun",
        date(2031, 3, 1),
        date(1990, 1, 1),
    )
    assert (reader.sex, reader.id_last4, reader.phone) == ("m", id_number(CARD)[-4:], "13900000000")
    assert (reader.registered_ms, reader.registered_account) == (NOW_MS, "cun-room")
    assert (reader.fees_fen, reader.deposit_fen, reader.keeps_history, reader.terms_ms) == (0, 0, False, None)
    assert session.scalars(select(AuditEntry.action)).all() == ["reader_registered"]


def test_no_number_of_an_id_card_is_kept(session, cursor):
    number = id_number(CARD)
    made = registration.register(cursor, CUN, replace(NEW, card=number, id_card=shown(CARD, TODAY)))

    assert made.card.startswith("9")
    assert len(made.card) == 12
    assert registration.find(cursor, id_card=shown(CARD, TODAY)).card == made.card
    assert not [value for value in vars(row(session, made.card)).values() if number[:17] in str(value)]


def test_without_a_type_it_is_the_only_one_that_a_machine_may_give(cursor):
    assert registration.register(cursor, CUN, replace(NEW, type="")).type == "adult"


def test_without_a_type_and_with_two_of_them_staff_decide(session, cursor):
    session.get(ReaderType, "child").self_service = True
    session.flush()

    assert registration.register(cursor, CUN, replace(NEW, type="")) == Refused("type_not_offered")


def test_staff_give_types_that_no_machine_gives(session, cursor):
    fresh(session, "MOTHER")
    child = replace(NEW, type="child", born_on=date(2015, 1, 1), guardian_card="MOTHER", by_staff=True)

    assert registration.register(cursor, CUN, child).type == "child"
    assert row(session, "N1").guardian_card == "MOTHER"


def test_staff_give_a_card_another_end(cursor):
    new = replace(NEW, expires_on=date(2026, 6, 1))

    assert registration.register(cursor, CUN, new).expires_on == date(2031, 3, 1)
    staff = replace(new, card="N2", by_staff=True)
    assert registration.register(cursor, CUN, staff).expires_on == date(2026, 6, 1)


def test_control_characters_never_enter(session, cursor):
    registration.register(cursor, CUN, replace(NEW, name="孟\r春\x00和", remark="附\n注" * 200))

    assert row(session, "N1").name == "孟春和"
    assert row(session, "N1").remark == ("附注" * 200)[:200]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"card": "R1"}, "card_taken"),
        ({"type": "child"}, "type_not_offered"),
        ({"type": "NOTHING"}, "type_not_offered"),
        ({"guardian_card": "NOBODY"}, "guardian_unfit"),
    ],
)
def test_a_refusal_changes_nothing(session, cursor, said, fault):
    before = count(session)

    assert registration.register(cursor, CUN, replace(NEW, **said)) == Refused(fault)
    assert (count(session), count(session, AuditEntry)) == (before, 0)


def test_one_id_card_is_one_reader(session, cursor):
    registration.register(cursor, CUN, replace(NEW, id_card=shown(CARD, TODAY)))
    again = replace(NEW, card="N2", id_card=shown(CARD, TODAY))

    assert registration.register(cursor, CUN, again) == Refused("id_card_taken")


# ---------------------------------------------------------------- terms and deposits
def test_the_terms_in_force_are_noted_with_their_time(session, cursor):
    terms.publish(cursor, CUN, terms.Text("2026-1", TODAY, "须知", ""))

    assert registration.register(cursor, CUN, replace(NEW, terms="2026-1")).card == "N1"
    assert (row(session, "N1").terms_version, row(session, "N1").terms_ms) == ("2026-1", NOW_MS)
    other = replace(NEW, card="N2", terms="2020-1")
    assert registration.register(cursor, CUN, other) == Refused("terms_not_accepted")


def test_terms_of_the_kiosk_are_noted_where_the_ledger_has_none(session, cursor):
    assert registration.register(cursor, CUN, replace(NEW, terms="2020-1")).card == "N1"
    assert (row(session, "N1").terms_version, row(session, "N1").terms_ms) == ("2020-1", NOW_MS)


def test_a_deposit_is_booked_with_the_reader(session, cursor):
    session.get(ReaderType, "adult").deposit_fen = 10000
    session.flush()
    made = registration.register(cursor, CUN, replace(NEW, deposit=Deposit(10000, "wechat", "WX1")))

    payment = session.get(Payment, made.payment)
    assert (payment.kind, payment.amount_fen, payment.provider_id) == ("deposit", 10000, "WX1")
    assert row(session, "N1").deposit_fen == 10000
    assert imbalances(session)["payments"] == BALANCED["payments"]


@pytest.mark.parametrize(
    ("deposit", "fault"),
    [(Deposit(9999, "cash"), "deposit_needed"), (Deposit(10000, "cash", "TAKEN"), "paid_already")],
)
def test_without_the_money_there_is_no_reader(session, cursor, deposit, fault):
    session.get(ReaderType, "adult").deposit_fen = 10000
    session.flush()
    registration.register(cursor, CUN, replace(NEW, card="N0", deposit=Deposit(10000, "cash", "TAKEN")))

    assert registration.register(cursor, CUN, replace(NEW, deposit=deposit)) == Refused(fault)
    assert not registration.is_taken(cursor, card="N1")


# ---------------------------------------------------------------- changes
def test_what_is_not_said_stays(session, cursor):
    registration.register(cursor, CUN, replace(NEW, phone="1", address="旧址"))

    registration.modify(cursor, CUN, "N1", Changes(phone="2", remark=""))
    reader = row(session, "N1")
    assert (reader.name, reader.phone, reader.address, reader.remark) == ("孟春和", "2", "旧址", "")


def test_an_id_card_comes_later(session, cursor):
    registration.register(cursor, CUN, NEW)

    registration.modify(cursor, CUN, "N1", Changes(id_card=shown(CARD, TODAY)))
    assert registration.find(cursor, id_card=shown(CARD, TODAY)).card == "N1"
    taken = registration.modify(cursor, CUN, "R1", Changes(id_card=shown(CARD, TODAY)))
    assert taken == Refused("id_card_taken")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (Changes(name="\n"), "registration_incomplete"),
        (Changes(type="child"), "type_not_offered"),
        (Changes(expires_on=date(2040, 1, 1)), "type_not_offered"),
        (Changes(type="NOTHING", by_staff=True), "type_not_offered"),
        (Changes(type="child", by_staff=True), "guardian_needed"),
        (Changes(guardian_card="DEBTOR"), "guardian_unfit"),
    ],
)
def test_what_is_not_changed(session, cursor, changes, fault):
    registration.register(cursor, CUN, NEW)

    assert registration.modify(cursor, CUN, "N1", changes) == Refused(fault)


def test_staff_change_type_and_end(session, cursor):
    registration.register(cursor, CUN, NEW)
    changes = Changes(type="child", guardian_card="R1", expires_on=date(2040, 1, 1), by_staff=True)

    assert registration.modify(cursor, CUN, "N1", changes) == Registered(
        "N1", "孟春和", "child", date(2040, 1, 1)
    )


def test_nobody_is_not_changed(cursor):
    assert registration.modify(cursor, CUN, "NOBODY", Changes(name="x")) == Refused("card_unknown")
    assert registration.change_pin(cursor, CUN, "NOBODY", pins.new("275839")) == Refused("card_unknown")


def test_another_pin(session, cursor):
    registration.register(cursor, CUN, replace(NEW, born_on=date(1990, 1, 1)))
    pin = pins.new("275839")

    assert registration.change_pin(cursor, CUN, "N1", pins.new("900101")) == Refused("pin_weak")
    assert registration.change_pin(cursor, CUN, "N1", pin).card == "N1"
    assert row(session, "N1").pin_hash == pin.hash


# ---------------------------------------------------------------- questions
def test_who_bears_what(cursor):
    registration.register(cursor, CUN, replace(NEW, id_card=shown(CARD, TODAY)))
    other = shown("11010519900101003", TODAY)

    assert registration.is_taken(cursor, card="N1")
    assert registration.is_taken(cursor, id_card=shown(CARD, TODAY))
    assert not registration.is_taken(cursor, card="N2")
    assert not registration.is_taken(cursor, id_card=other)
    assert not registration.is_taken(cursor)
    assert registration.find(cursor, card="N2") == Refused("card_unknown")
