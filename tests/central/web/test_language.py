"""Chinese first, English complete, and a catalogue that is what it says."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import session as cookie

import central
from central.accounts.models import Staff
from central.fleet import words
from central.web import language
from tests.central.web.world import ROOM, enter, post, say, services
from wire import facts
from wire.condition import State, Trouble
from wire.faults import Severity
from wire.orders import VERBS

HOME = Path(central.__file__).parent
MESSAGES = HOME / "translations" / language.CATALOGUES[language.CHINESE] / "LC_MESSAGES"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
PLACE = re.compile(r"%\([a-z]+\)s|%%")


@pytest.fixture(scope="module")
def catalogue():
    with (MESSAGES / "messages.po").open("rb") as file:
        return read_po(file, locale=language.CATALOGUES[language.CHINESE])


def ids(messages):
    return {message if isinstance(message, str) else message[0] for message in messages}


def lines(catalogue):
    return {str(message.id): message.string for message in catalogue if message.id}


def test_every_message_of_the_source_is_in_the_catalogue_and_no_other(catalogue):
    with (HOME / "translations" / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(HOME, methods, options_map=options)
    assert ids(message for _, _, message, _, _ in found) == ids(m.id for m in catalogue if m.id)


def test_every_message_is_translated_with_the_same_places(catalogue):
    for message in catalogue:
        if not message.id:
            continue
        source = message.id if isinstance(message.id, str) else message.id[0]
        target = message.string if isinstance(message.string, str) else message.string[0]
        assert target, source
        assert CHINESE.search(target), source
        assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(target)), source
        assert not message.fuzzy, source


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    with (MESSAGES / "messages.mo").open("rb") as file:
        shipped = read_mo(file)
    compiled.seek(0)
    assert lines(shipped) == lines(read_mo(compiled))


def test_chinese_is_the_default_whatever_the_browser_says(nobody):
    text = nobody.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-CN">' in text
    assert "登录" in text


def test_a_stranger_chooses_on_the_sign_in_page(nobody):
    assert post(nobody, "/language", page="/sign-in", language="en", back="/sign-in").location == "/sign-in"
    assert "Sign in" in nobody.get("/sign-in").text


def test_a_choice_is_kept_in_the_account(app, technician):
    post(technician, "/language", language="en", back="/account")
    with services(app).reading() as session:
        assert session.get(Staff, "technician").language == "en"
    assert "My account" in enter(app, "technician").get("/account").text


@pytest.mark.parametrize(
    ("back", "to"), [("//evil.example", "/"), ("/report?period=year", "/report?period=year")]
)
def test_the_way_back_stays_on_this_site(technician, back, to):
    assert post(technician, "/language", language="en", back=back).location == to


def test_a_language_that_we_do_not_speak_is_refused(technician):
    assert post(technician, "/language", language="tlh").status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/fleet/",
        f"/fleet/kiosk/{ROOM}",
        "/fleet/refused",
        "/owed/",
        "/report",
        "/staff",
        "/audit",
        "/account",
        "/none",
    ],
)
def test_an_english_page_is_english_throughout(app, admin, path):
    say(app, ROOM, "degraded", troubles=(Trouble(403, "door", 1), Trouble(501)), roles=("room",))
    with services(app).writing.begin() as session:
        session.get(Staff, "admin").language = "en"
    text = admin.get(path).text.replace(">中文<", "><")
    assert CHINESE.findall(text) == []


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "1.00 万", "10,000"),
        (910_123, "91.01 万", "910,123"),
        (910_150, "91.02 万", "910,150"),
        (75_749, "7.57 万", "75,749"),
        (123_456_789, "12345.68 万", "123,456,789"),
    ],
)
def test_a_figure_reads_as_libraries_write_it(app, number, zh, en):
    for tag, expected in ((language.CHINESE, zh), (language.ENGLISH, en)):
        with app.test_request_context():
            cookie["language"] = tag
            assert language.figure(number) == expected


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "—"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.9999, "99.9%"),
        (0.5, "50%"),
        (0.0004, "0%"),
        (0.9954, "99.5%"),
    ],
)
def test_a_share_is_whole_only_when_it_is(share, text):
    assert language.percent(share) == text


def test_a_moment_says_no_more_than_needed():
    now = 1_790_000_000_000  # 2026-09-21 22:13:20 in Shanghai
    assert language.moment(now - 60_000, now_ms=now) == "22:12"
    assert language.moment(now - 86_400_000, now_ms=now) == "09-20 22:13"
    assert language.moment(now - 366 * 86_400_000, now_ms=now) == "2025-09-20 22:13"
    assert language.second(now) == "2026-09-21 22:13:20"
    assert language.iso(now) == "2026-09-21T14:13:20Z"


def test_every_kind_of_fact_and_every_order_has_words():
    assert set(words.KINDS) == set(facts.KINDS)
    assert set(words.VERBS) == set(VERBS)
    assert set(words.STATES) == {*State.__args__, "never"}
    assert set(words.SEVERITIES) == {*Severity.__args__} - {"notice"}
