"""What somebody sees who becomes a reader: masked, counted, in time; and when the desk's page goes before."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.registering.state import APART, Phase
from kiosk.room import state as room
from kiosk.room.state import Room
from kiosk.screen.draw import Draw
from kiosk.screen.register import LEADS
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from kiosk.session.state import Phase as SessionPhase
from tests.kiosk.screen.register_states import LI, REGISTER, registering
from tests.kiosk.screen.register_states import SETTINGS as TERMS
from tests.kiosk.screen.states import FIRE
from tests.kiosk.screen.states import SETTINGS as SCREEN

SETTINGS = msgspec.structs.replace(SCREEN, registration=TERMS)
ZH = texts("zh-CN")
DRAW = Draw(SETTINGS)


def page(name: str, language: str = "zh-CN"):
    return view("desk", REGISTER[name], texts(language), SETTINGS)


def test_each_phase_that_has_the_desk_has_a_page():
    assert LEADS.keys() == set(Phase) - APART


@pytest.mark.parametrize("name", REGISTER)
def test_no_page_tells_a_name_or_a_number(name: str):
    html = DRAW.fragment(page(name), 17_000)
    assert LI.number not in html
    assert LI.name not in html
    assert "110105201801010027" not in html


def test_an_idle_desk_offers_it_where_it_can_be():
    idle = REGISTER["register_idle"]
    assert page("register_idle").registers
    for away in ({"ils_up": False}, {"takes": frozenset({"29"})}, {"registering": None}):
        assert not view("desk", dataclasses.replace(idle, **away), ZH, SETTINGS).registers


def test_the_terms_are_shown_whole_in_the_language_that_there_is():
    assert page("register_terms").leaf.language == "zh-CN"
    assert len(page("register_terms").leaf.paragraphs) == 7
    assert page("register_terms", "en").leaf.language == "en"
    assert page("register_terms", "kk-Arab").leaf.language == "zh-CN"
    assert [button.action for button in page("register_terms").buttons] == ["agree", "done"]


def test_a_page_that_nears_its_end_keeps_what_is_typed_and_says_so():
    ending = page("register_phone_ending")
    assert ending.keypad == page("register_phone").keypad
    assert ending.heading == ZH.visit.still_there
    assert [button.action for button in ending.buttons] == ["more_time", "done"]


def test_books_that_come_back_meanwhile_are_counted():
    assert page("register_phone").chip.words == "1 本已还"
    assert page("register_pin").chip is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_went_wrong_is_said_in_the_catalogue_s_words(language: str):
    for name, number in (("register_failed", "178"), ("register_unclear", "179")):
        shown = page(name, language)
        assert shown.advice
        assert number in shown.code


def test_fire_and_a_desk_out_of_order_come_first():
    fire = Room(phase=room.Phase.FREE, contacts=FIRE)
    burning = dataclasses.replace(REGISTER["register_terms"], room=fire)
    assert view("desk", burning, ZH, SETTINGS).scene == "fire"
    terms = registering(Phase.TERMS, bearer=LI)
    out = dataclasses.replace(terms, session=replace(terms.session, phase=SessionPhase.OUT_OF_ORDER))
    assert view("desk", out, ZH, SETTINGS).scene == "out_of_order"
