"""Printer and voices get what the tables want, in the language of whoever stands there."""

from __future__ import annotations

import pytest

from drivers.slip import Line, Slip
from kiosk.attendants import Attendants
from kiosk.courtesy_effects import Book, Print, Receipt, Say

DONE = Receipt(0, lent=(Book("三体"),))


class Printer:
    def __init__(self) -> None:
        self.jobs: list[tuple[str, Slip]] = []

    def print(self, job: str, slip: Slip) -> None:
        self.jobs.append((job, slip))


class Voice:
    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []

    def say(self, prompt: str, language: str, words: str = "") -> None:
        self.said.append((prompt, language, words))


def written(receipt: Receipt, language: str) -> Slip:
    return Slip((Line(receipt.lent[0].title),), language)


def test_what_is_printed_and_said_is_in_the_language_that_was_chosen_or_the_branch_s():
    printer, desk, door = Printer(), Voice(), Voice()
    at = Attendants(printer, {"desk": desk, "door": door}, written, "zh-CN")  # type: ignore[arg-type]  # their verbs alone
    at.do(Print("1", DONE, "en"))
    at.do(Print("2", DONE, ""))
    assert [(job, slip.language) for job, slip in printer.jobs] == [("1", "en"), ("2", "zh-CN")]
    at.do(Say("goodbye", "desk", ""))
    at.do(Say("come_in", "door", "ug-Arab"))
    at.do(Say("button_done", "desk", "en", "Done"))
    assert desk.said == [("goodbye", "zh-CN", ""), ("button_done", "en", "Done")]
    assert door.said == [("come_in", "ug-Arab", "")]


@pytest.mark.parametrize("effect", [Print("1", DONE, ""), Say("goodbye", "door", "")])
def test_what_is_not_fitted_is_a_mistake_of_ours(effect):
    with pytest.raises(TypeError, match="nobody here does"):
        Attendants(voices={"desk": Voice()}).do(effect)  # type: ignore[dict-item]  # its verb alone
