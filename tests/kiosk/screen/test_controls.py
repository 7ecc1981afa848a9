"""What is spoken of a page's controls: each of every state has words, and nobody's name is among them."""

import re

import msgspec
import pytest

from kiosk.screen.controls import called
from kiosk.screen.draw import Draw
from kiosk.screen.view import view
from kiosk.screen.words import texts
from tests.kiosk.screen.gallery import PAGES, REGISTRATION
from tests.kiosk.screen.states import SETTINGS

FULL = msgspec.structs.replace(SETTINGS, catalogue=True, registration=REGISTRATION)
DRAW = Draw(FULL)
NAMED = {"open": "easier", "languages-open": "languages"}
"""As `static/ease.js` has them."""


def names(html: str) -> set[str]:
    """What the page calls its controls; not the keys of digits, and no language, which is told in its own letters."""
    found = set()
    for control in re.findall(r"<(?:button|input)[^>]*>", html):
        told = re.search(r' id="(?:do-|ease-)?([^"]+)"', control) or re.search(
            r'hx-post="[^"]*/([^"]+)"', control
        )
        if "data-key" not in control and "speak-" not in control:
            assert told, control
            found.add(NAMED.get(told[1], told[1]))
    return found


@pytest.mark.parametrize("sheet", PAGES)
def test_every_control_of_every_state_has_words_and_tells_on_nobody(sheet):
    words = texts("zh-CN")
    for name, state in PAGES[sheet].items():
        shown = view("door" if sheet == "door" else "desk", state, words, FULL)
        spoken = called(shown, words)
        assert names(DRAW.fragment(shown)) <= spoken.keys(), name
        titles = {row.title for row in shown.rows} | {
            row.title for part in shown.sections for row in part.rows
        }
        assert not titles & set(spoken.values())
