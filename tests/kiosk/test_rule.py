"""The kiosk's own rule, line by line of its tables."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from kiosk import config
from kiosk.clock import Now
from kiosk.debts import Debt
from kiosk.events import Reader
from kiosk.knowledge import Lists
from kiosk.memory import Memory
from kiosk.owed import Owed
from kiosk.rule import Vouched
from tests.kiosk.ruling import NEVER, body, lists, named, rule
from wire.faults import number
from wire.lists import Body

NOW = Now(1_790_000_000_000, 1_000)
CARD, ITEM = "R0001", "B001"
LI = Reader(CARD, named(CARD), "李明", "adult")
BARRED = replace(LI, borrows=False)
DENIED = body("deny", readers=(CARD,))
ALLOWED = body("allow", readers=(CARD,), cap=2)
UNKNOWN = Vouched(None, number("cannot_check_card"))


@pytest.mark.parametrize(
    ("listed", "known", "door", "desk"),
    [
        ((), (), None, None),
        ((), (LI,), "rule", "rule"),
        ((), (BARRED,), "rule", None),
        ((ALLOWED,), (), "list", "list"),
        ((ALLOWED,), (BARRED,), "list", "list"),
        ((DENIED,), (LI,), "denied", "denied"),
        ((DENIED, ALLOWED), (LI,), "denied", "denied"),
    ],
)
def test_who_is_good(listed: tuple[Body, ...], known: tuple[Reader, ...], door: str | None, desk: str | None):
    judged = rule(NOW, known=known, lists=lists(*listed))
    for place, by in (("door", door), ("desk", desk)):
        vouched = judged.vouch(CARD, place)  # type: ignore[arg-type] - the two places
        if by is None:
            assert vouched == UNKNOWN
        elif by == "denied":
            assert (vouched.reader, vouched.fault) == (None, number("card_blocked"))
        else:
            assert vouched.reader is not None
            assert (vouched.reader.card, vouched.reader.name, vouched.by) == (CARD, "", by)
            assert vouched.reader.pseudonym == named(CARD)


def test_an_allow_list_that_has_expired_is_as_if_it_were_not_there():
    judged = rule(NOW, lists=lists(ALLOWED, expires_ms=NOW.wall_ms))
    assert judged.vouch(CARD, "door") == UNKNOWN


def granted(number_of: int) -> Owed:
    return Owed(
        tuple(Debt(f"{n:016x}", "loan", f"X{n}", named(CARD), by_rule=True) for n in range(number_of))
    )


@pytest.mark.parametrize(
    ("listed", "more", "fault"),
    [
        ((), {}, None),
        ((), {"offline": config.Offline(lend=False)}, "cannot_lend_now"),
        ((DENIED,), {}, "card_blocked"),
        ((body("deny", items=(ITEM,)),), {}, "loan_not_allowed"),
        ((body("hold", items=(ITEM,)),), {}, "on_hold"),
        ((body("hold", items=("B002",)),), {}, None),
        ((), {"owed": granted(4)}, None),
        ((), {"owed": granted(5)}, "offline_limit_reached"),
        ((ALLOWED,), {"owed": granted(1)}, None),
        ((ALLOWED,), {"owed": granted(2)}, "offline_limit_reached"),
    ],
)
def test_what_is_lent_to_a_good_reader(listed: tuple[Body, ...], more: dict[str, object], fault: str | None):
    judged = rule(NOW, known=(LI,), lists=lists(*listed), **more)
    assert judged.withholds(CARD, ITEM) == (number(fault) if fault else None)


def test_nothing_is_lent_to_a_stranger_or_before_the_clock_was_set():
    assert rule(NOW).withholds(CARD, ITEM) == number("cannot_lend_now")
    unset = Now(0, 0)
    assert rule(unset, known=(LI,)).withholds(CARD, ITEM) == number("cannot_lend_now")


def test_plain_debts_and_those_of_others_are_no_offline_loans():
    plain = Owed(tuple(Debt(f"{n:016x}", "loan", f"X{n}", named(CARD)) for n in range(9)))
    others = Owed(tuple(Debt(f"{n:016x}", "loan", f"X{n}", "z" * 32, by_rule=True) for n in range(9)))
    for state in (plain, others):
        assert rule(NOW, known=(LI,), owed=state).withholds(CARD, ITEM) is None


def test_what_is_denied_is_barred_also_where_the_ils_answers():
    assert rule(NOW, lists=lists(DENIED)).bars(CARD, ITEM) == number("card_blocked")
    assert rule(NOW, lists=lists(body("deny", items=(ITEM,)))).bars(CARD, ITEM) == number("loan_not_allowed")
    assert rule(NOW, lists=lists(body("hold", items=(ITEM,)))).bars(CARD, ITEM) is None, "the ILS knows"


def test_a_loan_runs_so_many_days_from_centrals_today():
    a_year_on = Memory(ahead_ms=NOW.wall_ms + 365 * 86_400_000 - NOW.mono_ms)
    first = rule(NOW, offline=config.Offline(loan_days=1)).due()
    second = rule(NOW, offline=config.Offline(loan_days=1), memory=a_year_on).due()
    assert (first[:4], second[:4]) == ("2026", "2027")
    assert first[4:] == second[4:]


@pytest.mark.parametrize(
    ("zone", "due"), [("Pacific/Kiritimati", "2026-09-23"), ("Pacific/Pago_Pago", "2026-09-22")]
)
def test_a_loan_begins_on_the_day_of_the_room_s_zone(zone, due):
    """It is 14:13 of 21 September in Greenwich."""
    hours = lists(Body("hours", 1, hours=msgspec.structs.replace(NEVER, zone=zone)))
    assert rule(NOW, lists=hours, offline=config.Offline(loan_days=1)).due() == due


def test_the_last_change_of_hands_of_a_book_is_the_one_that_counts():
    lent = Debt("1" * 16, "loan", ITEM, named(CARD), by_rule=True)
    back = Debt("2" * 16, "return", ITEM, by_rule=True)
    asked = Debt("3" * 16, "loan", ITEM, named(CARD))
    assert rule(NOW, owed=Owed((lent, back, asked))).owes(ITEM) == back
    assert rule(NOW, owed=Owed((asked,))).owes(ITEM) is None
    assert rule(NOW, owed=Owed((lent,))).owes("B002") is None


@pytest.mark.parametrize(
    ("listed", "now", "admits"),
    [
        (Lists(), NOW, True),
        (lists(Body("hours", 1, hours=NEVER)), NOW, False),
        (lists(Body("hours", 1, hours=NEVER)), Now(0, 0), True),
    ],
    ids=["no hours", "closed", "no clock"],
)
def test_the_room_admits_by_its_hours(listed: Lists, now: Now, admits: bool):
    moment = rule(now, lists=listed).moment()
    assert (moment is None or moment.admits) is admits
