"""The ILS client against a scripted server: real TCP, literal frames, every way to stay away."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing
from threading import Event

import pytest

import kiosk.ils
from kiosk import config
from kiosk.effects import AskItem, AskLoan, AskReader, AskReplay, AskReturn, AskSettle
from kiosk.events import (
    IlsChanged,
    IlsSilent,
    Item,
    ItemAnswered,
    LoanAnswered,
    ReaderAnswered,
    Settled,
    Verdict,
)
from tests.certificates import Authority
from tests.kiosk.acs import CARD, DATE, LOGIN, Desk, Peer, item, lent, sealed, status
from wire import faults

ITEM = AskItem(2, "B1")
LOAN = AskLoan("a" * 16, CARD, "B1")
SETTLE = AskSettle("a" * 16, "loan", "B1", CARD)
REPLAY = AskReplay("a" * 16, "loan", "B1", CARD, 1_790_000_000_000, "2026-10-20")
KNOWN = ItemAnswered(2, Item("B1", "T", on_loan=False))
LENT = LoanAnswered("a" * 16, None, "T")
UP = IlsChanged(up=True)
NO_ANSWER = IlsChanged(up=False, cause="the library system does not answer")


# ---------------------------------------------------------------- good days
def test_questions_in_their_order(desk):
    def life(peer):
        peer.welcome()
        peer.expect(b"63000")
        peer.say(sealed(b"64" + b" " * 14 + b"000" + DATE + b"0" * 24 + b"AO|AA1|AEWang|BLY|AY2AZ"))
        peer.expect(b"17")
        peer.say(item(3))
        peer.expect(b"11NN")
        peer.say(lent(4))
        peer.until_closed()

    at = desk(life)
    for question in (AskReader(1, CARD, "desk"), ITEM, LOAN):
        at.ils.ask(question)
    at.told(UP)
    answered = at.get()
    assert isinstance(answered, ReaderAnswered)
    assert (answered.reader.name, answered.reader.pseudonym) == ("Wang", f"name of {CARD}")
    at.told(KNOWN, LENT)


def test_an_idle_line_is_kept_alive(desk, monkeypatch):
    monkeypatch.setattr(kiosk.ils, "KEEPALIVE_S", 0.02)
    kept = Event()

    def life(peer):
        peer.welcome()
        for sequence in range(2, 5):
            peer.expect(b"9900802.00")
            peer.say(status(sequence))
        kept.set()
        peer.until_closed()

    at = desk(life)
    at.told(UP)
    assert kept.wait(20)


def test_over_tls_with_a_certificate_of_our_own(desk, tmp_path):
    authority = Authority(tmp_path)
    server, client = authority.issue("127.0.0.1"), authority.issue("zhen-24h-1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate)
    context.load_cert_chain(*server)
    context.verify_mode = ssl.CERT_REQUIRED

    def life(peer):
        assert peer.sock.getpeercert()["subject"] == ((("commonName", "zhen-24h-1"),),)
        peer.welcome()
        peer.expect(b"17")
        peer.say(item(2))
        peer.until_closed()

    at = desk(
        life,
        wrap=lambda sock: context.wrap_socket(sock, server_side=True),
        ca=authority.certificate,
        certificate=client[0],
        key=client[1],
    )
    at.ils.ask(ITEM)
    at.told(UP, KNOWN)


def test_a_server_of_another_authority_is_not_believed(desk, tmp_path):
    authority, stranger = Authority(tmp_path), Authority(tmp_path / "stranger")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*stranger.issue("127.0.0.1"))

    def wrap(sock):
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(sock, server_side=True)
        return sock

    at = desk(lambda _peer: None, wrap=wrap, ca=authority.certificate)
    at.ils.ask(ITEM)
    down = at.get()
    assert down.up is False
    assert "CERTIFICATE_VERIFY_FAILED" in down.cause
    at.told(IlsSilent(ask=2))


def test_a_certificate_may_name_the_server_otherwise_than_its_address(desk, tmp_path):
    authority = Authority(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.issue("ils.example"))

    at = desk(
        Peer.welcome,
        wrap=lambda sock: context.wrap_socket(sock, server_side=True),
        ca=authority.certificate,
        server_name="ils.example",
    )
    at.told(UP)


# ---------------------------------------------------------------- silence
def test_silence_is_told_and_the_line_opened_anew(desk):
    def silent(peer):
        peer.welcome()
        first = peer.expect(b"17")
        assert peer.expect(b"17") == first, "a query goes out once more, octet for octet"
        assert peer.read() == b"", "then the line is closed"

    def answering(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(item(2))
        peer.until_closed()

    at = desk(silent, answering, timeout_s=0.5)
    at.told(UP)
    at.ils.ask(ITEM)
    silent_events = [at.get(), at.get()]
    assert silent_events == [NO_ANSWER, IlsSilent(ask=2)]
    at.told(UP)
    at.ils.ask(ITEM)
    at.told(KNOWN)


def test_a_late_answer_is_never_taken_for_anothers(desk):
    def late(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.expect(b"17")
        assert peer.read() == b""
        peer.flood(item(2))

    def answering(peer):
        peer.welcome()
        assert b"|ABB2|" in peer.expect(b"17")
        peer.say(sealed(b"18040001" + DATE + b"ABB2|AJOther|AY2AZ"))
        peer.until_closed()

    at = desk(late, answering, timeout_s=0.5)
    at.told(UP)
    at.ils.ask(ITEM)
    at.told(NO_ANSWER, IlsSilent(ask=2), UP)
    at.ils.ask(AskItem(3, "B2"))
    at.told(ItemAnswered(3, Item("B2", "Other", on_loan=True)))


@pytest.mark.parametrize(("dialect", "copies"), [("shuwu", 2), ("koha", 1)])
def test_a_checkout_is_repeated_only_where_a_copy_is_known(desk, dialect, copies):
    seen = []

    def silent(peer):
        peer.welcome()
        while frame := peer.read():
            seen.append(frame)

    at = desk(silent, Peer.welcome, timeout_s=0.5, dialect=dialect)
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(NO_ANSWER, IlsSilent(txn="a" * 16), UP)
    assert seen == [seen[0]] * copies
    assert seen[0].startswith(b"11NN")


def test_a_checkout_that_is_not_repeated_has_the_whole_time(desk):
    asked = []

    def slow(peer):
        peer.welcome()
        asked.append(peer.expect(b"11"))
        peer.sock.settimeout(1.2)
        with pytest.raises(TimeoutError):
            asked.append(peer.read())
        peer.sock.settimeout(20)
        peer.say(lent(2))
        peer.until_closed()

    at = desk(slow, timeout_s=2.0, dialect="koha")
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(LENT)
    assert len(asked) == 1


def test_an_answer_to_the_repeated_question_counts(desk):
    def life(peer):
        peer.welcome()
        first = peer.expect(b"11")
        assert peer.expect(b"11") == first
        peer.say(lent(2) + lent(2))
        peer.expect(b"17")
        peer.say(item(3))
        peer.until_closed()

    at = desk(life, timeout_s=1.0)
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(LENT)
    at.ils.ask(ITEM)
    at.told(KNOWN)


def test_every_question_in_the_queue_is_answered_once(desk):
    def silent(peer):
        peer.welcome()
        peer.until_closed()

    at = desk(silent, *[Peer.until_closed] * 20, timeout_s=0.3)
    at.told(UP)
    for ask in range(1, 21):
        at.ils.ask(AskItem(ask, f"B{ask}"))
    answers = [event for event in (at.get() for _ in range(21)) if not isinstance(event, IlsChanged)]
    assert answers == [IlsSilent(ask=ask) for ask in range(1, 21)]
    assert at.ils.stop()


def test_an_answer_about_another_item_is_no_answer(desk):
    def life(peer):
        peer.welcome()
        peer.expect(b"11")
        peer.say(lent(2, ab=b"B7"))
        assert peer.read() == b""

    at = desk(life, Peer.welcome)
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(IlsChanged(up=False, cause="an answer about another item"), IlsSilent(txn="a" * 16), UP)


@pytest.mark.parametrize("offline", [b"Y", b"N"])
def test_what_has_happened_is_told_with_no_block_where_the_last_status_allows_it(desk, offline):
    def life(peer):
        peer.welcome(offline=offline)
        peer.expect(b"11N" + offline)
        peer.say(lent(2))
        peer.until_closed()

    at = desk(life)
    at.told(UP)
    at.ils.ask(REPLAY)
    at.told(LoanAnswered("a" * 16, None, "T", forced=offline == b"Y"))


def test_a_replay_that_is_not_answered_is_silent_and_goes_out_once(desk):
    def half(peer):
        peer.welcome()
        peer.expect(b"11")

    at = desk(half, Peer.welcome)
    at.told(UP)
    at.ils.ask(REPLAY)
    at.told(IlsSilent(txn="a" * 16))


def test_a_silent_settling_is_silent(desk):
    def half(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(sealed(b"18040001" + DATE + b"ABB1|AJT|AY2AZ"))
        peer.until_closed()

    def back(peer):
        peer.welcome()
        peer.until_closed()

    at = desk(half, back, timeout_s=0.4)
    at.told(UP)
    at.ils.ask(SETTLE)
    at.told(NO_ANSWER, Settled("a" * 16, Verdict.SILENT), UP)


def test_a_settling_has_time_for_both_of_its_messages(desk):
    """A system that takes long for each answer settles what is owed all the same."""

    def slow(peer):
        peer.welcome()
        peer.expect(b"17")
        Event().wait(0.7)
        peer.say(sealed(b"18040001" + DATE + b"ABB1|AJT|AY2AZ"))
        peer.expect(b"63")
        Event().wait(0.7)
        peer.say(
            sealed(
                b"64" + b" " * 14 + b"001" + DATE + b"000000010000000000000000"
                b"AO|AA" + CARD.encode() + b"|AEN|BLY|AUB1|AY3AZ"
            )
        )
        peer.until_closed()

    at = desk(slow, timeout_s=1.0)
    at.told(UP)
    at.ils.ask(SETTLE)
    at.told(Settled("a" * 16, Verdict.DONE, "T"))


# ---------------------------------------------------------------- bad lines
def half_an_answer(start):
    def life(peer):
        peer.welcome()
        peer.expect(start)
        peer.say(item(2)[:20] if start == b"17" else lent(2)[:20])

    return life


def test_a_query_cut_off_is_asked_anew(desk):
    def answering(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(item(2))
        peer.until_closed()

    at = desk(half_an_answer(b"17"), answering)
    at.told(UP)
    at.ils.ask(ITEM)
    at.told(KNOWN)


def test_half_an_answer_that_nothing_follows_is_silence_and_never_the_head_of_the_next(desk):
    def stops(peer):
        peer.welcome()
        peer.expect(b"11")
        peer.say(lent(2)[:40])
        peer.until_closed()

    def answering(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(item(2))
        peer.until_closed()

    at = desk(stops, answering, timeout_s=0.3)
    at.told(UP)
    at.ils.ask(LOAN)
    assert {at.get(), at.get()} == {NO_ANSWER, IlsSilent(txn="a" * 16)}
    at.told(UP)
    at.ils.ask(ITEM)
    at.told(KNOWN)


def test_a_title_in_another_charset_costs_its_own_characters_alone(desk):
    """UTF-8 is awaited, GBK comes: 三体 cannot be read, the call number and the status can."""

    def life(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(sealed(b"18030001" + DATE + b"ABB1|AJ\xc8\xfd\xcc\xe5|CSI247|AY2AZ"))
        peer.until_closed()

    at = desk(life)
    at.told(UP)
    at.ils.ask(ITEM)
    told = at.get()
    assert (told.item.item, told.item.on_loan, told.item.call_number) == ("B1", False, "I247")


def test_the_line_is_kept_alive_before_the_shortest_known_time_out():
    assert kiosk.ils.KEEPALIVE_S + 2 * 3.0 < 60


def test_a_checkout_cut_off_is_never_sent_anew(desk):
    def watching(peer):
        peer.welcome()
        assert peer.read().startswith(b"17"), "the next question, not the loan again"
        peer.say(item(2))
        peer.until_closed()

    at = desk(half_an_answer(b"11"), watching)
    at.told(UP)
    at.ils.ask(LOAN)
    at.told(IlsSilent(txn="a" * 16))
    at.ils.ask(ITEM)
    at.told(KNOWN)


def test_a_server_that_closes_after_each_answer(desk):
    def once(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(item(2))

    at = desk(once, once, once)
    at.told(UP)
    for _ in range(3):
        at.ils.ask(ITEM)
        at.told(KNOWN)


def test_96_brings_the_same_octets_again(desk):
    def life(peer):
        peer.welcome()
        first = peer.expect(b"11")
        peer.say(b"96AZFEF6\r")
        assert peer.read() == first
        peer.say(lent(2))
        peer.until_closed()

    at = desk(life)
    at.ils.ask(LOAN)
    at.told(UP, LENT)


def test_a_damaged_answer_is_asked_for_again_with_97(desk):
    def life(peer):
        peer.welcome()
        peer.expect(b"11")
        peer.say(lent(2).replace(b"AJT", b"AJX"))
        assert peer.read() == b"97AZFEF5\r"
        peer.say(lent(2))
        peer.until_closed()

    at = desk(life)
    at.ils.ask(LOAN)
    at.told(UP, LENT)


def test_an_answer_byte_by_byte(desk):
    def life(peer):
        peer.welcome()
        peer.expect(b"17")
        for octet in item(2):
            peer.say(bytes([octet]))
        peer.until_closed()

    at = desk(life)
    at.ils.ask(ITEM)
    at.told(UP, KNOWN)


def test_garbage_without_end_closes_the_line(desk):
    def noisy(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.flood(b"\x00\xffgarbage|" * 1000)

    at = desk(noisy, Peer.welcome)
    at.told(UP)
    at.ils.ask(ITEM)
    down = at.get()
    assert down.up is False
    assert "no end" in down.cause
    at.told(IlsSilent(ask=2), UP)


def test_what_comes_unasked_is_dropped(desk):
    def life(peer):
        peer.welcome()
        peer.say(lent(7) + item(7))
        peer.expect(b"17")
        peer.say(item(2))
        peer.until_closed()

    at = desk(life)
    at.told(UP)
    at.ils.ask(ITEM)
    at.told(KNOWN)


# ---------------------------------------------------------------- no line
def nobody_listens():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def test_where_nobody_listens_all_is_silent_at_once(tmp_path):
    at = Desk(tmp_path, nobody_listens(), timeout_s=60.0)
    at.ils.start()
    at.told(IlsChanged(up=False, cause="Connection refused"))
    for question in (ITEM, LOAN, SETTLE, AskReturn("b" * 16, "B1")):
        at.ils.ask(question)
    at.told(
        IlsSilent(ask=2),
        IlsSilent(txn="a" * 16),
        Settled("a" * 16, Verdict.SILENT),
        IlsSilent(txn="b" * 16),
    )
    assert at.ils.stop()
    assert at.events.empty()


def test_a_refused_login_is_told(desk):
    def refusing(peer):
        peer.expect(LOGIN)
        peer.say(sealed(b"940AY0AZ"))

    at = desk(refusing, Peer.welcome)
    at.told(IlsChanged(up=False, cause="the library system refuses our login"), UP)


def test_an_ils_that_is_off_line_is_down(desk):
    def off_line(peer):
        peer.expect(LOGIN)
        peer.say(sealed(b"941AY0AZ"))
        peer.expect(b"99")
        peer.say(status(1, online=b"N"))

    at = desk(off_line, Peer.welcome)
    at.told(IlsChanged(up=False, cause="the library system says that it is off line"), UP)


def test_an_ils_that_goes_off_line_is_down(desk, monkeypatch):
    monkeypatch.setattr(kiosk.ils, "KEEPALIVE_S", 0.02)

    def off_line_later(peer):
        peer.welcome()
        peer.expect(b"99")
        peer.say(status(2, online=b"N"))

    def on_line(peer):
        peer.welcome()
        peer.until_closed()

    at = desk(off_line_later, on_line)
    at.told(UP, IlsChanged(up=False, cause="the library system says that it is off line"), UP)


def test_what_the_ils_takes_from_us_is_told_and_told_again_when_it_changes(desk, monkeypatch):
    monkeypatch.setattr(kiosk.ils, "KEEPALIVE_S", 0.02)

    def changing(peer):
        peer.welcome(takes=b"YN")
        for sequence, takes in ((2, b"YN"), (3, b"NY"), (4, b"YY")):
            peer.expect(b"99")
            peer.say(status(sequence, takes=takes))
        peer.until_closed()

    at = desk(changing)
    at.told(IlsChanged(up=True, loans=False), IlsChanged(up=True, returns=False), UP)


def test_what_an_ils_says_and_does_not_mean_is_not_heeded(desk):
    at = desk(lambda peer: peer.welcome(takes=b"NN"), overrides="means_status = false")
    at.told(UP)


def test_a_server_that_never_answers_the_login(desk):
    at = desk(Peer.until_closed, Peer.until_closed, Peer.welcome, timeout_s=0.4)
    at.ils.ask(ITEM)
    at.told(NO_ANSWER, IlsSilent(ask=2))


# ---------------------------------------------------------------- the end
def test_stop_leaves_no_question_unanswered(desk):
    def silent(peer):
        peer.welcome()
        peer.until_closed()

    at = desk(silent, timeout_s=0.5)
    at.told(UP)
    for ask in (1, 2, 3):
        at.ils.ask(AskItem(ask, "B1"))
    assert at.ils.stop()
    at.ils.ask(AskItem(4, "B1"))
    answers = [at.events.get_nowait() for _ in range(at.events.qsize())]
    assert [event.ask for event in answers if event != NO_ANSWER] == [1, 2, 3, 4]


def test_stopped_before_it_started(tmp_path):
    at = Desk(tmp_path, 1)
    at.ils.ask(ITEM)
    assert at.ils.stop()
    at.told(IlsSilent(ask=2))


def test_a_mistake_of_ours_is_silence_and_not_the_end(desk):
    def puzzling(peer):
        peer.welcome()
        peer.expect(b"63000")
        peer.say(sealed(b"64" + b" " * 14 + b"000" + DATE + b"0" * 24 + b"AO|AA1|AEWang|BLY|AY2AZ"))

    def answering(peer):
        peer.welcome()
        peer.expect(b"17")
        peer.say(item(2))
        peer.until_closed()

    at = desk(puzzling, answering)
    at.ils.ask(AskReader(1, "broken", "desk"))
    at.told(UP, IlsSilent(ask=1))
    at.ils.ask(ITEM)
    at.told(KNOWN)


# ---------------------------------------------------------------- settings
def test_an_unknown_dialect_is_refused(tmp_path):
    with pytest.raises(config.ConfigError, match="klingon"):
        Desk(tmp_path, 1, dialect="klingon")


def test_a_fault_of_the_catalogue_reaches_the_reader(desk):
    def life(peer):
        peer.welcome()
        peer.expect(b"11")
        peer.say(sealed(b"120NUN" + DATE + b"AO|AA1|ABB1|AJT|AH|YF201|AY2AZ"))
        peer.until_closed()

    at = desk(life)
    at.ils.ask(LOAN)
    at.told(UP, LoanAnswered("a" * 16, faults.number("limit_reached"), "T"))
