"""Codes on readers' phones: literal ones, their life, replays, keys and clocks; and a site's own verifier."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.card.code import plug
from drivers.card.code.dynamic import MAX_REMEMBERED, Judge, Life, make
from drivers.card.code.plug import Codes, Refused, Verified
from drivers.card.code.verifier import Dynamic, verifier
from drivers.errors import Gone, Misuse
from drivers.events import CardRefused, CardShown, DeviceBack
from drivers.scanner.scanner import Scanner
from drivers.scanner.settings import ScannerSettings
from tests.lines import Answering

KEY, NEXT_KEY = bytes(range(32)), bytes(range(32, 64))
NOW = 1_763_800_000
NONCE = b"foobar123"
CODE = "v1.2110004711.1763800000.Zm9vYmFyMTIz.iL6B0FUFN0_FueQ65DgvJQ"
GOOD = Verified("2110004711")


def judge(begun_s=NOW - 3600, **life):
    return Judge(Life(**life), begun_s)


def code(made_s=NOW, number=0, key=KEY):
    return make(key, "2110004711", made_s, number.to_bytes(9))


def test_a_code_letter_by_letter():
    assert make(KEY, "2110004711", NOW, NONCE) == CODE
    assert judge().judge([KEY], CODE, NOW) == GOOD


@pytest.mark.parametrize("at", range(len(CODE)))
def test_no_letter_of_it_can_be_another_one(at):
    for letter in "0Az-_.":
        wrong = CODE[:at] + letter + CODE[at + 1 :]
        if wrong != CODE:
            assert judge().judge([KEY], wrong, NOW) in {Refused("unknown"), None}
    assert judge().judge([KEY], CODE[:at], NOW) in {Refused("unknown"), None}


@pytest.mark.parametrize(
    ("after_s", "verdict"),
    [
        (-11, Refused("early")),
        (-10, GOOD),
        (0, GOOD),
        (50, GOOD),
        (51, Refused("expired")),
        (-1e9, Refused("early")),
    ],
)
def test_a_code_lives_for_a_minute(after_s, verdict):
    assert judge(begun_s=NOW - 1e9).judge([KEY], CODE, NOW + after_s) == verdict


def test_a_code_is_good_once():
    judged = judge()
    assert [judged.judge([KEY], CODE, NOW + s) for s in (0, 1, 49)] == [GOOD, *[Refused("replayed")] * 2]
    assert judged.judge([KEY], CODE, NOW + 70) == Refused("expired")


def test_neither_a_new_start_nor_a_clock_set_back_makes_it_good_again():
    assert judge(begun_s=NOW + 3).judge([KEY], CODE, NOW + 4) == Refused("expired")
    assert judge(begun_s=NOW + 3).judge([KEY], code(NOW + 14), NOW + 14) == GOOD
    judged = judge()
    assert judged.judge([KEY], CODE, NOW) == GOOD
    assert judged.judge([KEY], code(NOW + 500), NOW + 500) == GOOD  # forgets the first one
    assert judged.judge([KEY], CODE, NOW + 5) == Refused("expired")
    assert judged.judge([KEY], code(NOW + 20), NOW + 21) == GOOD  # and goes on by the clock as it is now


def test_what_is_remembered_is_bounded_and_forgetting_makes_nothing_good():
    judged = judge()
    assert all(judged.judge([KEY], code(NOW, each), NOW) == GOOD for each in range(MAX_REMEMBERED))
    assert judged.judge([KEY], code(NOW + 1), NOW + 1) == GOOD
    assert len(judged._shown) == MAX_REMEMBERED
    assert judged.judge([KEY], code(NOW, 0), NOW + 1) == Refused("expired")
    assert judged.judge([KEY], code(NOW, MAX_REMEMBERED - 1), NOW + 1) == Refused("replayed")


def test_two_keys_are_valid_while_one_replaces_the_other():
    old, new = code(key=KEY), code(key=NEXT_KEY)
    assert [judge().judge([NEXT_KEY, KEY], each, NOW) for each in (old, new)] == [GOOD, GOOD]
    assert judge().judge([NEXT_KEY], old, NOW) == Refused("unknown")


@pytest.mark.parametrize("text", ["2110004711", "", "v2.2110004711.1763800000.Zm9v", "https://v1.example/"])
def test_what_is_no_code_of_ours(text):
    assert judge().judge([KEY], text, NOW) is None


@settings(max_examples=40)
@given(
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=64),
    st.integers(0, 10**11 - 1),
    st.binary(min_size=6, max_size=24),
)
def test_codes_both_ways(reader, made_s, nonce):
    made = make(KEY, reader, made_s, nonce)
    assert judge(begun_s=made_s - 3600).judge([KEY], made, made_s) == Verified(reader)
    assert judge(begun_s=made_s - 3600).judge([NEXT_KEY], made, made_s) == Refused("unknown")


def test_what_cannot_be_made_is_refused():
    for wrong in (
        (KEY[:31], "1", NOW, NONCE),
        (KEY, "", NOW, NONCE),
        (KEY, "9" * 65, NOW, NONCE),
        (KEY, "1", NOW, b"a"),
    ):
        with pytest.raises(Misuse):
            make(*wrong)
    for life in ({"valid_s": 51}, {"valid_s": 0}, {"skew_s": -1}):
        with pytest.raises(Misuse, match="60 s together"):
            Life(**life)


# ---------------------------------------------------------------- keys in a file
@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "codes.key"
    written(path, KEY)
    return path


def written(path, *keys, mode=0o600):
    path.write_text("".join(f"{key.hex()}\n" for key in keys), encoding="ascii")
    path.chmod(mode)
    os.utime(path, ns=(0, sum(key[0] for key in keys)))


def test_keys_are_read_anew_when_their_file_changes(key_file):
    dynamic = Dynamic(Codes(), key_file, lambda: NOW - 3600)
    assert dynamic.verify(code(NOW, 1), NOW) == GOOD
    written(key_file, NEXT_KEY, KEY)
    assert dynamic.verify(code(NOW, 2), NOW) == GOOD
    assert dynamic.verify(code(NOW, 2, NEXT_KEY), NOW) == GOOD
    written(key_file, NEXT_KEY)
    assert dynamic.verify(code(NOW, 3), NOW) == Refused("unknown")


def test_keys_that_are_no_secret_or_none_are_refused(key_file):
    checked = verifier(Codes(key_file=key_file))
    checked.check()
    for keys, mode, why in (
        ((KEY,), 0o644, "0600 meant"),
        ((KEY, KEY, KEY), 0o600, "one or two"),
        ((KEY[:16],), 0o600, "64 hex"),
    ):
        written(key_file, *keys, mode=mode)
        with pytest.raises(Misuse, match=why):
            checked.check()
    key_file.unlink()
    with pytest.raises(Misuse, match="No such file"):
        checked.check()
    for wrong in (Codes(), Codes(key_file=key_file, options={"a": 1}), Codes(key_file=key_file, valid_s=55)):
        with pytest.raises(Misuse):
            verifier(wrong)


# ---------------------------------------------------------------- at the scanner
def shown(codes, *texts, made=None):
    """What a scanner posts that reads these."""
    line, events = Answering(lambda _: (), break_after=len(texts)), []
    for text in texts:
        line.say(text.encode() + b"\r")
    checks = made or Dynamic(codes, codes.key_file, lambda: NOW - 3600)
    scanner = Scanner("desk", ScannerSettings(port="", codes=codes), lambda: line, checks, wall=lambda: NOW)
    with pytest.raises(Gone):
        scanner.run(events.append, Event())
    assert events[0] == DeviceBack("desk", "serial scanner")
    return events[1:]


def test_at_the_scanner_a_good_code_is_its_reader_and_any_other_is_refused_aloud(key_file):
    codes = Codes(key_file=key_file)
    late, number = code(NOW - 300), "2110004711"
    refused = [CardRefused("desk", "qr", why) for why in ("replayed", "expired", "unknown", "unknown")]
    told = shown(codes, f"]Q1{CODE}", number, f"]Q1{CODE}", f"]Q1{late}", f"]Q1{number}", f"]Q1{CODE[:-1]}A")
    assert told == [CardShown("desk", number, "qr"), CardShown("desk", number, "card"), *refused]
    assert shown(Codes(key_file=key_file, plain=True), f"]Q1{number}") == [CardShown("desk", number, "qr")]
    assert shown(codes, CODE) == [CardShown("desk", number, "qr")]  # a scanner that tells no symbology


@dataclass
class Pudong:
    """A site's own verifier."""

    codes: Codes

    def check(self):
        assert self.codes.options == {"server": "wx"}

    def verify(self, text, now_s):
        assert now_s == NOW
        return Verified(text[3:]) if text.startswith("PD:") else None


def test_a_site_plugs_in_its_own_verifier(monkeypatch):
    points = [
        EntryPoint("pudong", f"{__name__}:Pudong", plug.GROUP),
        EntryPoint("worn", "nowhere:at_all", plug.GROUP),
    ]
    monkeypatch.setattr(plug, "entry_points", lambda group: points if group == "shuwu.codes" else [])
    codes = Codes(verifier="pudong", options={"server": "wx"})
    told = shown(codes, "]Q1PD:31000", "]Q1other", made=verifier(codes))
    assert told == [CardShown("desk", "31000", "qr"), CardRefused("desk", "qr", "unknown")]
    with pytest.raises(Misuse, match="cannot be loaded"):
        verifier(Codes(verifier="worn"))
    with pytest.raises(Misuse, match="there are dynamic, pudong, worn"):
        verifier(Codes(verifier="nobody"))


class Broken(Pudong):
    def verify(self, text, now_s):
        return {}[text]


def test_a_mistake_in_a_site_s_verifier_is_told_without_the_code():
    codes = Codes(verifier="broken", options={"server": "wx"})
    with pytest.raises(Misuse, match=r"^the verifier of codes broke: KeyError$"):
        shown(codes, "]Q12110004711", made=Broken(codes))
