"""Pages as HTML: escaped, whole, and made of nothing but what the screen owns."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import get_args

import pytest

from kiosk import screen
from kiosk.screen.draw import Draw
from kiosk.screen.page import Icon
from kiosk.screen.view import view
from kiosk.screen.words import LANGUAGES, texts
from tests.kiosk.screen.states import DESK, DOOR, SETTINGS

DRAW = Draw(SETTINGS)
STATES = [("desk", name) for name in DESK] + [("door", name) for name in DOOR]
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Outline(HTMLParser):
    """Checks nesting and keeps tags and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def fragment(place, name: str, language: str = "zh-CN") -> str:
    shown = (DESK if place == "desk" else DOOR)[name]
    return DRAW.fragment(view(place, shown, texts(language), SETTINGS), 17_400)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "name"), STATES)
def test_every_state_is_sound_html_without_script_or_style(place, name: str, language: str):
    outline = Outline(fragment(place, name, language))
    assert not {"script", "style", "iframe", "img"} & {tag for tag, _ in outline.tags}
    assert [a for _, attrs in outline.tags for a in attrs if a.startswith("on") or a == "style"] == []
    assert outline.tags[0][1]["lang"] == language


def test_a_hostile_title_is_text():
    html = fragment("desk", "identified_hostile")
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<bdi>&lt;*，您好</bdi>" in html


def test_titles_are_isolated_from_the_direction_of_the_page():
    assert "<bdi>كتاب" in fragment("desk", "identified_hostile")


def test_the_countdown_is_data():
    html = fragment("desk", "still_there")
    assert 'data-left-ms="17400" data-whole-ms="20000"' in html
    assert "<b data-seconds>18</b> 秒" in html


def test_touches_go_to_their_addresses():
    tags = Outline(fragment("desk", "still_there")).tags
    posts = {attrs["hx-post"] for _, attrs in tags if "hx-post" in attrs}
    assert posts >= {"/desk/elder/on", "/desk/contrast/on", "/desk/voice/on", "/desk/language/en"}
    assert posts >= {"/touch/more_time", "/touch/done"}


def test_the_shell_speaks_of_no_reader_and_loads_only_its_own():
    outline = Outline(DRAW.shell("door"))
    links = [attrs.get("src") or attrs.get("href") for _, attrs in outline.tags]
    assert all(link.startswith(("/static/", "/own.css", "#i-")) for link in links if link)
    assert ("main", "/door/stream") in [(tag, attrs.get("sse-connect")) for tag, attrs in outline.tags]
    assert not any(tag == "script" and "src" not in attrs for tag, attrs in outline.tags)


def test_every_icon_is_a_symbol_and_every_symbol_is_used():
    shell = DRAW.shell("desk")
    symbols = set(re.findall(r'<symbol id="i-(\w+)"', shell))
    assert symbols == set(get_args(Icon)) | {"globe", "larger", "easier", "contrast", "voice"}


def test_the_build_names_what_browsers_keep():
    assert re.fullmatch(r"[0-9a-f]{12}", DRAW.build)
    assert f'data-build="{DRAW.build}"' in DRAW.shell("desk")
    assert f'data-build="{DRAW.build}"' in fragment("desk", "idle")


# ---------------------------------------------------------------- colours (WCAG 2.2, 1.4.3)
def luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


CSS = files(screen).joinpath("static", "screen.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", CSS.split("}")[0])) | {
    "white": "#ffffff",
    "amber": "#f4c161",
    "on-amber": "#33210a",
}
PAIRS = [
    *(("ink", ground) for ground in ("paper", "card", "warn-tint")),
    *(("soft", ground) for ground in ("paper", "card")),
    *((tone, f"{tone}-tint") for tone in ("calm", "busy", "good", "warn", "alarm")),
    *((tone, "card") for tone in ("calm", "busy", "good", "warn", "alarm")),
    *(("white", tone) for tone in ("calm", "busy", "good", "alarm", "seal")),
    ("on-amber", "amber"),
    ("warn", "card"),
    ("seal", "card"),
]


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(ink: str, ground: str):
    assert contrast(COLOURS[ink], COLOURS[ground]) >= 4.5


def test_the_amber_panel_is_the_one_that_was_measured():
    assert f"--panel: {COLOURS['amber']}; --on-panel: {COLOURS['on-amber']};" in CSS
