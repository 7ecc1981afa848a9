"""The slip and the goodbye: asked for by one touch, waited for by nobody, gone with the next reader."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivers.errors import Gone
from drivers.events import DeviceBack, DeviceLost, PaperSensed
from kiosk.errand_events import Account, Charge
from kiosk.errands.paying import Paying
from kiosk.errands.state import Errand, Extending, Panel, Renewal
from kiosk.payment_events import MoneyCame
from kiosk.restless import OFTEN
from kiosk.session.state import Phase
from tests.journeys.house import READER
from tests.kiosk.courtesies.room import Kiosk, kiosk
from wire import facts


@pytest.fixture
def desk(tmp_path) -> Kiosk:
    return kiosk(tmp_path)


def borrow(desk: Kiosk, *uids: str) -> None:
    desk.card()
    for uid in uids:
        desk.lay(uid)


def slips(desk: Kiosk) -> list[str]:
    return [button.action for button in desk.page().slips]


def test_one_touch_prints_ends_the_session_and_says_goodbye(desk: Kiosk):
    desk.card()
    assert slips(desk) == [], "there is nothing to write down yet"
    desk.lay("E1")
    assert slips(desk) == ["print", "scan"]
    desk.touch("print")
    [job] = desk.hands.printed
    assert [(book.title, book.due) for book in job.receipt.lent] == [("《B001》", "2026-12-22")]
    assert (job.receipt.name, "李明" in repr(job), "R0001" in repr(job)) == ("李*", False, False)
    assert desk.loop.kiosk.session.phase is Phase.IDLE
    assert (desk.page().scene, desk.page().advice) == ("goodbye", "请取走凭条")
    assert "B001" not in repr(desk.held), "nothing of the reader stays"
    desk.pass_s(6)
    assert desk.page().layout == "welcome"


def test_the_way_that_a_reader_took_last_stands_first_for_them_alone(desk: Kiosk):
    borrow(desk, "E1")
    desk.touch("scan")
    desk.touch("books")
    desk.touch("done")
    borrow(desk, "E2")
    assert slips(desk) == ["scan", "print"]
    desk.touch("done")
    desk.lift_all()
    desk.card("R0002")
    desk.lay("E3")
    assert slips(desk) == ["print", "scan"]
    assert desk.hands.printed == []


def test_done_prints_nothing(desk: Kiosk):
    borrow(desk, "E1")
    desk.touch("done")
    assert (desk.hands.printed, desk.page().scene) == ([], "goodbye")


def test_a_return_without_a_card_has_a_slip_without_a_name(desk: Kiosk):
    desk.world.lent["B001"], desk.world.secured["E1"] = "R0002", False
    desk.lay("E1")
    desk.touch("print")
    [job] = desk.hands.printed
    assert (job.receipt.name, [book.title for book in job.receipt.returned]) == ("", ["《B001》"])


def test_the_session_ends_while_the_last_answer_is_awaited_and_the_slip_has_it(desk: Kiosk):
    desk.card()
    desk.hands.slow = True
    desk.lay("E1")
    desk.touch("print")
    assert (desk.loop.kiosk.session.phase, desk.hands.printed) == (Phase.ENDING, [])
    desk.hands.slow = False
    while desk.hands.held:
        desk.happen(desk.hands.held.popleft())
    assert [book.title for book in desk.hands.printed[0].receipt.lent] == ["《B001》"]


def test_what_was_renewed_and_paid_is_on_the_slip(desk: Kiosk):
    desk.card()
    errand = Errand(
        Panel.BOOKS,
        READER,
        Account((Charge("B7", "活着", "2027-01-10"), Charge("B8", "兄弟"))),
        renewals={"B7": Renewal("B7", Extending.RENEWED), "B8": Renewal("B8", Extending.REFUSED)},
        paying=Paying("a" * 16, 250, 0),
    )
    desk.loop.kiosk = replace(desk.loop.kiosk, errand=errand)
    desk.happen(MoneyCame("b" * 16, "7", 100))  # somebody else's
    desk.happen(MoneyCame("a" * 16, "8", 250))
    desk.touch("scan")
    assert "续借 1 本" in desk.page().qr
    desk.touch("print")
    [job] = desk.hands.printed
    assert ([book.title for book in job.receipt.renewed], job.receipt.paid_fen) == (["活着"], 250)


# ---------------------------------------------------------------- without paper
def test_without_paper_there_is_no_button_and_a_touch_prints_nothing(desk: Kiosk):
    borrow(desk, "E1")
    desk.happen(PaperSensed("printer", "out"))
    assert (slips(desk), desk.loop.kiosk.station.state) == (["scan"], "degraded")
    desk.touch("print")
    assert desk.hands.printed == [], "the screen was slower than the paper"
    assert desk.page().scene == "goodbye"


@pytest.mark.parametrize(
    "away", [DeviceLost("printer", Gone("unplugged")), PaperSensed("printer", "enough", cover_open=True)]
)
def test_a_printer_that_is_away_or_open_has_no_button(desk: Kiosk, away):
    borrow(desk, "E1")
    desk.happen(away)
    assert slips(desk) == ["scan"]


def test_a_printer_that_comes_and_goes_has_its_button_whenever_it_is_there(desk: Kiosk):
    borrow(desk, "E1")
    for _ in range(OFTEN):
        desk.happen(DeviceLost("printer", Gone("unplugged")))
        desk.happen(DeviceBack("printer", "80 mm"))
    assert (slips(desk), desk.loop.kiosk.station.state) == (["print", "scan"], "degraded")


def test_paper_that_ends_during_the_slip_keeps_nobody_and_is_told(desk: Kiosk):
    borrow(desk, "E1")
    desk.hands.paper = False
    desk.touch("print")
    assert (desk.loop.kiosk.session.phase, desk.page().advice) == (Phase.IDLE, "凭条正在打印")
    desk.give_up()
    assert (desk.page().advice, desk.page().tone) == ("凭条没有打印出来，借还都已办好", "warn")


def test_an_answer_that_comes_with_the_next_reader_changes_nothing(desk: Kiosk):
    borrow(desk, "E1")
    desk.hands.paper = False
    desk.touch("print")
    desk.card("R0002")
    before = desk.held
    desk.give_up()
    assert (desk.held, desk.page().scene) == (before, "identified")


# ---------------------------------------------------------------- the code
def test_the_code_holds_the_slip_and_goes_with_any_other_touch(desk: Kiosk):
    borrow(desk, "E1")
    desk.touch("scan")
    page = desk.page()
    assert (page.layout, [button.action for button in page.buttons]) == ("scan", ["books", "done"])
    assert "《B001》 2026-12-22" in page.qr
    assert "李明" not in page.qr
    desk.touch("books")
    assert desk.page().layout == "visit"
    desk.touch("scan")
    desk.touch("done")
    assert (desk.held.parting.scans, desk.page().scene) == (False, "goodbye")


# ---------------------------------------------------------------- the goodbye
@pytest.mark.parametrize("score", [1, 2, 3])
def test_a_face_is_a_fact_once(desk: Kiosk, score: int):
    borrow(desk, "E1")
    desk.touch("done")
    assert [face.about for face in desk.page().faces] == ["1", "2", "3"]
    desk.touch("face", str(score))
    desk.touch("face", "1")
    assert desk.recorded("survey.answered") == [facts.SurveyAnswered(score)]
    assert (desk.page().faces, desk.page().heading) == ((), "收到，谢谢您")
    desk.pass_s(2)
    assert desk.page().layout == "welcome"


def test_whoever_comes_next_is_not_kept_and_answers_nothing_for_the_last(desk: Kiosk):
    borrow(desk, "E1")
    desk.touch("done")
    desk.card("R0002")
    assert desk.page().scene == "identified"
    desk.touch("face", "3")
    desk.touch("face", "9")
    assert desk.recorded("survey.answered") == []


def test_books_of_the_next_reader_end_the_goodbye_too_and_idleness_says_none(desk: Kiosk):
    borrow(desk, "E1")
    desk.touch("done")
    desk.lay("E2")
    assert desk.page().scene == "open"
    desk.card()
    desk.pass_s(45)
    assert (desk.loop.kiosk.session.phase, desk.page().layout) == (Phase.IDLE, "welcome")
