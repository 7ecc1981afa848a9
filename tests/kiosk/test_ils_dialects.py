"""The kiosk's client at library systems that open, repeat, forget and answer in ways of their own."""

from __future__ import annotations

from contextlib import suppress
from threading import Event

import pytest

import kiosk.ils
from kiosk import config
from kiosk.effects import AskItem, AskLoan, AskSettle
from kiosk.events import IlsChanged, IlsSilent, Item, ItemAnswered, LoanAnswered, Settled, Verdict
from tests.kiosk.acs import CARD, DATE, PASSWORD, STATUS, Desk, Peer, item, lent, sealed, status

UP = IlsChanged(up=True)
NO_ANSWER = IlsChanged(up=False, cause="the library system does not answer")
ITEM, LOAN = AskItem(2, "B1"), AskLoan("a" * 16, CARD, "B1")
KNOWN = ItemAnswered(2, Item("B1", "T", on_loan=False))
LENT = LoanAnswered("a" * 16, None, "T")


# ---------------------------------------------------------------- how a connection begins
def greeted_first(peer):
    assert peer.read() == b"9900802.00AY0AZFCA1\r"
    peer.say(status(0))
    peer.expect(b"9300CNkiosk|")
    peer.say(sealed(b"941AY1AZ"))


def known_by_address(peer):
    assert peer.read() == b"9900802.00AY0AZFCA1\r"
    peer.say(status(0))


def login_alone(peer):
    peer.expect(b"9300CNkiosk|")
    peer.say(sealed(b"941AY0AZ"))


def not_at_all(peer):
    pass


@pytest.mark.parametrize(
    ("opening", "begin", "sequence"),
    [
        ('["99", "93"]', greeted_first, 2),
        ('["99"]', known_by_address, 1),
        ('["93"]', login_alone, 1),
        ("[]", not_at_all, 0),
    ],
)
def test_a_connection_begins_as_the_dialect_says(desk, opening, begin, sequence):
    def life(peer):
        begin(peer)
        peer.expect(b"17")
        peer.say(item(sequence))
        peer.until_closed()

    at = desk(life, overrides=f"opening = {opening}")
    at.ils.ask(ITEM)
    at.told(UP, KNOWN)


def test_a_status_before_each_request(desk):
    def life(peer):
        peer.welcome()
        for sequence, start, answer in ((2, b"17", item), (4, b"11", lent)):
            peer.expect(b"99")
            peer.say(status(sequence))
            peer.expect(start)
            peer.say(answer(sequence + 1))
        peer.until_closed()

    at = desk(life, overrides="status_before_each = true")
    at.ils.ask(ITEM)
    at.ils.ask(LOAN)
    at.told(UP, KNOWN, LENT)


def test_a_loan_whose_greeting_found_the_line_dead_was_never_heard(desk):
    def dying(peer):
        peer.welcome()
        peer.expect(b"99")

    def living(peer):
        peer.welcome()
        peer.expect(b"99")
        peer.say(status(2))
        peer.expect(b"11")
        peer.say(lent(3))
        peer.until_closed()

    at = desk(dying, living, overrides="status_before_each = true")
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(LENT)


def test_a_line_without_99_is_left_alone(desk, monkeypatch):
    monkeypatch.setattr(kiosk.ils, "KEEPALIVE_S", 0.01)
    left_alone = Event()

    def life(peer):
        login_alone(peer)
        peer.sock.settimeout(0.3)
        with suppress(TimeoutError):
            assert peer.read() is None
        left_alone.set()
        peer.sock.settimeout(20)
        peer.expect(b"17")
        peer.say(item(1))
        peer.until_closed()

    at = desk(life, overrides='opening = ["93"]\nlacks = ["99"]')
    at.told(UP)
    assert left_alone.wait(20)
    at.ils.ask(ITEM)
    at.told(KNOWN)


def test_why_a_login_is_refused_is_told_without_the_password(desk):
    def full(peer):
        peer.expect(b"93")
        peer.say(sealed(b"940AFtoo many channels for kiosk/" + PASSWORD.encode() + b"|AY0AZ"))

    at = desk(full, Peer.welcome)
    why = "the library system refuses our login: too many channels for kiosk/…"
    at.told(IlsChanged(up=False, cause=why), UP)


# ---------------------------------------------------------------- forgotten
@pytest.mark.parametrize(
    ("question", "start", "answer", "event"), [(ITEM, b"17", item, KNOWN), (LOAN, b"11", lent, LENT)]
)
def test_who_is_signed_out_signs_in_and_asks_again(desk, question, start, answer, event):
    def forgetful(peer):
        peer.welcome()
        peer.expect(start)
        peer.say(sealed("940AF未登录|AY2AZ".encode()))
        assert peer.read() == b""

    def knowing(peer):
        peer.welcome()
        peer.expect(start)
        peer.say(answer(2))
        peer.until_closed()

    at = desk(forgetful, knowing)
    at.told(UP)
    at.ils.ask(question)
    at.told(event)


def test_who_is_signed_out_again_and_again_is_silent(desk):
    def forgetful(peer):
        peer.welcome()
        peer.expect(b"11")
        peer.say(sealed(b"940AY2AZ"))
        assert peer.read() == b""

    at = desk(forgetful, forgetful, Peer.welcome)
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(IlsSilent(txn="a" * 16))


# ---------------------------------------------------------------- strange answers
def answering(*frames):
    """A server that says this to the first request, whatever it is."""

    def life(peer):
        peer.welcome()
        peer.read()
        for frame in frames:
            peer.say(frame)
        peer.until_closed()

    return life


LATE = sealed(b"18040001" + DATE + b"ABB1|AJLate|AY9AZ")
OTHER = sealed(b"24" + b" " * 14 + b"000" + DATE + b"AO|AA1|AEN|AY1AZ")

STRANGE = {
    "answers out of order": (LATE, OTHER, lent(2)),
    "line feeds between them": (b"\n" + lent(2) + b"\n",),
    "empty answers before it": (b"\r\r\n \r", lent(2)),
    "unknown messages before it": (b"77AAX|\r", lent(2)),
    "a delimiter at its end": (lent(2).replace(b"\r", b"|||\r"),),
    "telnet before it": (b"\xff\xfb\x01" + lent(2),),
    "another charset": (sealed(lent(2).split(b"AY2")[0] + "AF借书成功|".encode("gbk") + b"AY2AZ"),),
    "a text of 10 kB": (sealed(lent(2).split(b"AY2")[0] + b"AF" + b"x" * 10_000 + b"|AY2AZ"),),
}


@pytest.mark.parametrize("name", STRANGE)
def test_the_answer_is_found_among(desk, name):
    at = desk(answering(*STRANGE[name]))
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(LENT)


def test_a_title_of_10_kb_is_cut(desk):
    at = desk(answering(sealed(b"18030001" + DATE + b"ABB1|AJ" + b"x" * 10_000 + b"|AY2AZ")))
    at.told(UP)
    at.ils.ask(ITEM)
    answered = at.get()
    assert isinstance(answered, ItemAnswered)
    assert set(answered.item.title) <= set("x…")
    assert len(answered.item.title) < 1000


def resend(sequence):
    return b"96AZFEF6\r"


def spoilt(sequence):
    return lent(sequence).replace(b"AJT", b"AJX")


@pytest.mark.parametrize(("answer", "most"), [(resend, 4), (spoilt, 4)])
def test_an_ils_that_is_never_content_is_given_up(desk, answer, most):
    heard = []

    def grumbling(peer):
        peer.welcome()
        while frame := peer.read():
            heard.append(frame)
            peer.say(answer(2))

    at = desk(grumbling, Peer.welcome)
    at.told(UP)
    at.ils.ask(LOAN)
    down = at.get()
    assert (type(down), down.up) == (IlsChanged, False)
    at.told(IlsSilent(txn="a" * 16), UP)
    assert len(heard) == most


def test_half_an_answer_and_silence(desk):
    def half(peer):
        peer.welcome()
        peer.expect(b"11")
        peer.say(lent(2)[:40])
        peer.until_closed()

    at = desk(half, Peer.welcome, timeout_s=0.5)
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(NO_ANSWER, IlsSilent(txn="a" * 16), UP)


def test_titles_where_numbers_belong_settle_nothing(desk):
    def life(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(sealed(b"18040001" + DATE + b"ABB1|AJT|AY2AZ"))
        peer.expect(b"63")
        reader = b"64" + b" " * 14 + b"001" + DATE + b"000000000001000000000000"
        peer.say(sealed(reader + b"AO|AA" + CARD.encode() + b"|AEN|BLY|AUThree Body|AY3AZ"))
        peer.until_closed()

    at = desk(life, overrides="lists_titles = true")
    at.told(UP)
    at.ils.ask(AskSettle("a" * 16, "loan", "B1", CARD))
    at.told(Settled("a" * 16, Verdict.UNCLEAR, "T"))


# ---------------------------------------------------------------- each dialect, from its first octet
WORDS = {
    "dp2": (b"9900802.00|AY1AZFE06\r", b"941|AY4AZFF62\r"),
    "interlib": (b"9900802.00AY1AZFCA0|\r", b"941AY3AZEDB7|\r"),
    "wenhua": (b"9900802.00AY1AZFCA0\r\n", b"941AY0AZFDFD\r\n"),
    "sierra": (STATUS, b"941AY0AZFDFD\r"),
    "koha": (STATUS, b"941AY0AZFDFD\r\n"),
}


@pytest.mark.parametrize("dialect", WORDS)
def test_a_line_comes_up_in(desk, dialect):
    greeting, welcome = WORDS[dialect]

    def life(peer):
        peer.expect(b"93")
        peer.say(welcome)
        assert peer.read().strip(b"\n") == greeting.rstrip(b"\n")
        peer.say(b"98YYYNNN030003" + DATE + b"2.00AO|BXYYYYYYYYYYYNNNNN|AY1\r")
        peer.until_closed()

    at = desk(life, dialect=dialect, overrides='checksum = { verify = "log" }')
    at.told(UP)


# ---------------------------------------------------------------- settings
def test_wrong_overrides_are_refused(tmp_path):
    with pytest.raises(config.ConfigError, match=r"at `\$\.checksum` - at `\$\.ils\.overrides`"):
        Desk(tmp_path, 1, overrides='checksum = "off"')
