"""What each control of a page is called, for who cannot see it. Pure.

By the name that the templates give it: `done` of the button `do-done`. Never a reader or a book: people stand around.
"""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.screen.page import Button, Page
from kiosk.screen.words import Texts


def called(page: Page, texts: Texts) -> Mapping[str, str]:
    """Control → its words. One that is not there may be among them."""
    words = {
        "elder": texts.ease.elder,
        "contrast": texts.ease.contrast,
        "voice": texts.ease.voice,
        "easier": texts.ease.easier,
        "languages": texts.ease.languages,
        "help": texts.help.call,
        "find": texts.catalogue.find,
        "turn": texts.idle.next,
        "register": texts.register.offer,
        "dismiss": texts.visit.dismiss,
    }
    words |= {_name(button): button.words for button in (*page.buttons, *page.slips)}
    rows = [*page.rows, *(row for section in page.sections for row in section.rows)]
    words |= {row.choice.action: row.choice.words for row in rows if row.choice}
    words |= {f"face-{face.about}": face.words for face in page.faces}
    if page.keypad:
        words |= {"typed": page.keypad.label, "send": page.keypad.send}
    if page.help:
        words |= {f"answer-{answer.about}": answer.words for answer in page.help.answers}
        words["end_help"] = page.help.end
    return words


def _name(button: Button) -> str:
    return f"{button.action}-{button.about}" if button.about else button.action
