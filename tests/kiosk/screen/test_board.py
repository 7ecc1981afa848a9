"""The board: drawn on change and only then, for all browsers at once, in the language that was chosen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
from structlog.testing import capture_logs

from kiosk.clock import Now
from kiosk.ease import Ease, Eases
from kiosk.screen.board import Board
from kiosk.screen.draw import Draw
from kiosk.screen.page import Page
from tests.kiosk.screen.states import DESK, DOOR, SETTINGS, snapshot

PATIENCE_S = 5.0


class CountingDraw(Draw):
    """Draws, and keeps what was drawn."""

    def __init__(self) -> None:
        super().__init__(SETTINGS)
        self.drawn: list[tuple[Page, int]] = []
        self.breaks = False

    def fragment(self, page: Page, left_ms: int = 0) -> str:
        if self.breaks and page.scene != "starting":
            raise LookupError("no such word")
        self.drawn.append((page, left_ms))
        return super().fragment(page, left_ms)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def draw() -> CountingDraw:
    return CountingDraw()


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def board(draw: CountingDraw, clock: Hand) -> Iterator[Board]:
    made = Board(SETTINGS, draw, clock)
    draw.drawn.clear()
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.close()
    thread.join()


def after(board: Board, number: int, place="desk"):
    sheet = board.next(place, number, PATIENCE_S)
    assert sheet is not None
    return sheet


def test_it_begins_with_a_page(board: Board):
    sheet = board.now("desk")
    assert (sheet.number, sheet.page.scene) == (1, "starting")
    assert not board.shows


def test_a_snapshot_becomes_a_sheet(board: Board):
    board.show(DESK["idle"])
    sheet = after(board, 1)
    assert (sheet.number, sheet.page.scene) == (2, "idle")
    assert 'data-scene="idle"' in sheet.html
    assert board.shows


def test_only_what_differs_is_drawn_again(board: Board, draw: CountingDraw):
    board.show(DESK["idle"])
    after(board, 1)
    board.show(snapshot(DESK["idle"].session, now=Now(0, 102_000)))
    board.show(DESK["identified"])
    sheet = after(board, 2)
    assert (sheet.number, sheet.page.scene) == (3, "identified")
    scenes = [page.scene for page, _ in draw.drawn if page.place == "desk"]
    assert scenes == ["idle", "identified"]


def test_the_screen_at_the_other_place_is_drawn_for_itself(board: Board):
    both = snapshot(DESK["idle"].session, DOOR["secured"].room)
    board.show(both)
    assert after(board, 1, "door").page.scene == "secured"
    board.show(snapshot(DESK["identified"].session, DOOR["secured"].room))
    assert after(board, 2, "desk").page.scene == "identified"
    assert board.now("door").number == 2


def test_nothing_new_is_none(board: Board):
    assert board.next("desk", 1, 0.01) is None


def test_a_closed_board_lets_everybody_go(draw: CountingDraw):
    board = Board(SETTINGS, draw)
    board.close()
    assert board.closed
    assert board.next("desk", 0, PATIENCE_S) is None


def test_whoever_comes_late_sees_the_countdown_where_it_is(board: Board, draw: CountingDraw, clock: Hand):
    board.show(DESK["still_there"])
    first = after(board, 1)
    assert 'data-left-ms="18000"' in first.html
    clock.s += 5
    late = board.now("desk")
    assert 'data-left-ms="13000"' in late.html
    assert late.number == first.number
    clock.s += 60
    assert 'data-left-ms="0"' in board.now("desk").html


# ---------------------------------------------------------------- languages
def test_each_screen_speaks_the_language_that_was_chosen_there(board: Board):
    board.show(DESK["idle"])
    after(board, 1)
    board.show(replace(DESK["idle"], eases=Eases(Ease("en", frozenset({"contrast"})))))
    assert after(board, 2).page.language == "en"
    assert board.now("desk").page.modes == {"contrast"}
    assert board.now("door").page.language == "zh-CN"
    board.show(DESK["idle"])
    assert after(board, 3).page.language == "zh-CN"


def test_a_language_that_the_screen_does_not_speak_is_refused():
    settings = msgspec.structs.replace(SETTINGS, languages=("tlh",))
    with pytest.raises(ValueError, match="not 'tlh'"):
        Board(settings, Draw(settings))


# ---------------------------------------------------------------- when drawing fails
def test_a_page_that_cannot_be_drawn_leaves_neither_the_last_one_nor_a_name_in_the_log(
    board: Board, draw: CountingDraw
):
    board.show(DESK["identified_lent"])
    assert "百年孤独" in after(board, 1).html
    draw.breaks = True
    with capture_logs() as logged:
        board.show(DESK["identified_mixed"])
        blank = after(board, 2)
        draw.breaks = False
        board.show(DESK["identified"])
        assert after(board, 3).page.scene == "identified"
    assert blank.page.scene == "starting"
    assert "百年孤独" not in blank.html
    entry = next(entry for entry in logged if entry["event"] == "page not drawn")
    assert (entry["event"], entry["place"], entry["cause"]) == ("page not drawn", "desk", "LookupError")
    assert "test_board.py:" in entry["at"]
    assert "张" not in str(logged)
