"""What a branch makes its own: each is taken, or refused with its place in the file."""

import re
from importlib.resources import files

import pytest

from kiosk import screen
from kiosk.config import Colours, ConfigError
from kiosk.screen.branch import colours
from kiosk.screen.branch.colours import contrast, css
from kiosk.screen.branch.logo import MAX_OCTETS, PNG, logo
from kiosk.screen.branch.texts import own
from kiosk.screen.words import texts

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{}</svg>'
DRAWN = '<g fill="#a63a26"><path d="M0 0h1v1z"/><circle r="1" fill="url(#a)"/></g>'
SIZES = (64).to_bytes(4) * 2


# ---------------------------------------------------------------- texts
def test_a_branch_s_words_stand_in_the_place_of_the_house_s():
    found = own(
        ("zh-CN", "en"), {"zh-CN": {"welcome": {"heading": "欢迎"}, "rows": {"steps": {"cleared": "好了"}}}}
    )
    assert found["zh-CN"].welcome.heading == "欢迎"
    assert found["zh-CN"].rows.steps["cleared"] == "好了"
    assert found["zh-CN"].visit == texts("zh-CN").visit
    assert texts("zh-CN").welcome.heading != "欢迎"
    assert "en" not in found


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fr": {}}, r"is not among .* - at `\$\.screen\.texts\.fr`"),
        ({"en": {"welcom": {}}}, r"no such text - at `\$\.screen\.texts\.en\.welcom`"),
        ({"en": {"welcome": {"headng": "x"}}}, r"no such text - at `\$\.screen\.texts\.en\.welcome\.headng`"),
        ({"en": {"code": "de"}}, r"no such text - at `\$\.screen\.texts\.en\.code`"),
        ({"en": {"welcome": "x"}}, r"is a table of texts - at `\$\.screen\.texts\.en\.welcome`"),
        ({"en": {"welcome": {"heading": ""}}}, r"Expected `str` of length .* - at `\$\.screen\.texts\.en\.welcome\.heading`"),
        ({"en": {"welcome": {"heading": 1}}}, r"Expected `str`, got `int` - at `\$\.screen\.texts\.en\.welcome\.heading`"),
        ({"en": {"rows": {"due": "by {day}"}}}, r"no value \{day\} here - at `\$\.screen\.texts\.en\.rows\.due`"),
        ({"en": {"rows": {"due": "by {date:d}"}}}, r"no form but \{date\} - at `\$\.screen\.texts\.en\.rows\.due`"),
        ({"en": {"rows": {"due": "by {date"}}}, r" - at `\$\.screen\.texts\.en\.rows\.due`"),
    ],
)  # fmt: skip
def test_wrong_words_are_told_with_their_place(changes, told):
    with pytest.raises(ConfigError, match=told):
        own(("zh-CN", "en"), changes)


# ---------------------------------------------------------------- colours
def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#a63a26", "#a63a26") == 1.0


def test_the_house_s_own_colours_are_those_of_its_style_sheet_and_change_nothing():
    sheet = files(screen).joinpath("static/screen.css").read_text("utf-8")
    said = dict(re.findall(r"--(paper|card|ink|soft|seal): (#[0-9a-f]{6});", sheet))
    usual = Colours()
    assert said == {
        "paper": usual.ground, "card": colours.CARD, "ink": colours.INK, "soft": colours.SOFT, "seal": usual.accent,
    }  # fmt: skip
    assert css(usual) == ""


def test_a_branch_s_colours_are_two_tokens():
    assert css(Colours("#1c4f8a", "#eef3f8")) == ":root { --seal: #1c4f8a; --paper: #eef3f8; }\n"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            Colours(accent="#ffcc00"),
            r"contrast of 1\.5, 4\.5 is the least - at `\$\.screen\.colours\.accent`",
        ),
        (Colours(ground="#888888"), r"is the least - at `\$\.screen\.colours\.ground`"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(wrong, told):
    with pytest.raises(ConfigError, match=told):
        css(wrong)


# ---------------------------------------------------------------- logo
def kept(tmp_path, octets):
    path = tmp_path / "logo"
    path.write_bytes(octets)
    return logo(path)


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (SVG.format(DRAWN).encode(), "image/svg+xml"),
        (b"<?xml version='1.0'?><!-- drawn -->" + SVG.format("").encode(), "image/svg+xml"),
        (PNG + b"\0\0\0\x0dIHDR" + SIZES + b"rest", "image/png"),
    ],
)
def test_a_logo_is_taken_as_it_is(tmp_path, octets, kind):
    found = kept(tmp_path, octets)
    assert found is not None
    assert (found.octets, found.kind) == (octets, kind)
    assert logo(None) is None


@pytest.mark.parametrize(
    "octets",
    [
        SVG.format("<script>alert(1)</script>"),
        SVG.format('<g onload="alert(1)"/>'),
        SVG.format('<path style="fill:red"/>'),
        SVG.format('<use href="http://elsewhere/x.svg#a"/>'),
        SVG.format('<g xmlns:x="http://www.w3.org/1999/xlink"><path x:href="#a"/></g>'),
        SVG.format('<circle fill="url(http://elsewhere/#a)"/>'),
        SVG.format('<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'),
        SVG.format('<animate attributeName="href"/>'),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"),
        '<?xml-stylesheet href="http://elsewhere"?>' + SVG.format(""),
        "<html/>",
        "GIF89a",
        SVG.format(" " * MAX_OCTETS),
        PNG.decode("latin-1") + "xxxxIHDR",
    ],
)
def test_a_file_that_is_more_than_a_drawing_is_refused(tmp_path, octets):
    with pytest.raises(ConfigError, match=r"- at `\$\.screen\.logo`"):
        kept(tmp_path, octets.encode("latin-1"))


def test_a_logo_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.svg: No such file or directory - at `\$\.screen\.logo`"):
        logo(tmp_path / "none.svg")
