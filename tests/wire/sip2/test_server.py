"""The server on literal octets: the cases R01 to R20 that other implementations fail."""

from __future__ import annotations

import pytest

from tests.wire.sip2.local import NOON, local
from tests.wire.sip2.vectors import VECTORS
from wire.sip2.conversation import MAX_PENDING, Ignored, Misbehaved, Request, Send, Server, ServerEvent
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect, load
from wire.sip2.framing import MAX_FRAME_OCTETS
from wire.sip2.messages import (
    AcsStatus,
    Checkin,
    CheckinResponse,
    Checkout,
    CheckoutResponse,
    Login,
    LoginResponse,
    PatronInformation,
    ScStatus,
)

SHUWU = load("shuwu")
STATUS = b"9900802.00AY1AZFCA0\r"
STATUS_ANSWER = VECTORS["V04"].octets
CHECKOUT = VECTORS["V15"].octets
CHECKOUT_ANSWER = VECTORS["V16"].octets
CHECKIN = VECTORS["V27"].octets
AGAIN = b"97AZFEF5\r"
ASK_AGAIN = b"96AZFEF6\r"


def status() -> AcsStatus:
    """V04"""
    return AcsStatus(
        online_status=True, checkin_ok=False, checkout_ok=False, acs_renewal_policy=True, offline_ok=False,
        timeout_period=100, retries_allowed=3, date_time_sync=local(2026, 11, 21, 22, 41, 21), institution_id="UWOLS",
        supported_messages=frozenset(range(16)) - {9, 11},
    )  # fmt: skip


def lent() -> CheckoutResponse:
    """V16"""
    return CheckoutResponse(
        ok=True, magnetic_media=False, desensitize=True, transaction_date=local(2026, 11, 21, 22, 41, 21),
        institution_id="UWOLS", patron_identifier="djfiander", item_identifier="1565921879",
        title_identifier="Perl 5 desktop reference", due_date="20261205    224121", media_type="001",
    )  # fmt: skip


class Library:
    """A server whose owner answers each request at once and remembers what it did."""

    def __init__(self, dialect: Dialect = SHUWU) -> None:
        self.server = Server(dialect)
        self.done: list[Message] = []
        self.ignored = 0
        self.closed: list[str] = []

    def hear(self, octets: bytes) -> list[bytes]:
        """What goes back over the line."""
        answers = (self.take(event) for event in self.server.receive(octets))
        return [answer for answer in answers if answer]

    def take(self, event: ServerEvent) -> bytes:
        match event:
            case Request(message):
                self.done.append(message)
                return self.server.answer(event, self.answer(message))
            case Send(octets):
                return octets
            case Ignored():
                self.ignored += 1
            case Misbehaved(why):
                self.closed.append(why)
        return b""

    def answer(self, message: Message) -> Message:
        match message:
            case ScStatus():
                return status()
            case Checkout():
                return lent()
            case Login():
                return LoginResponse(ok=True)
            case Checkin():
                return CheckinResponse(
                    ok=True, resensitize=True, transaction_date=NOON, item_identifier=message.item_identifier
                )
        raise AssertionError(message)


def test_r01_a_message_in_fragments():
    library = Library()

    assert library.hear(b"990080") == []
    assert library.hear(b"2.00AY1AZFCA0\r") == [STATUS_ANSWER]


def test_r02_two_messages_in_one_segment():
    library = Library()

    assert library.hear(STATUS + CHECKOUT) == [STATUS_ANSWER, CHECKOUT_ANSWER]


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n", b"\r\r\n"])
def test_r03_r04_terminators(end: bytes):
    library = Library()
    stream = (STATUS.rstrip() + end) * 2

    assert [answer for i in range(len(stream)) for answer in library.hear(stream[i : i + 1])] == [
        STATUS_ANSWER
    ] * 2
    assert library.ignored == 0


def test_r05_a_wrong_checksum_is_asked_for_again():
    library = Library()

    assert library.hear(b"9900802.00AY1AZ0000\r") == [ASK_AGAIN]
    assert library.done == []


def test_r05_unless_the_dialect_only_keeps_the_verdict():
    (request,) = Server(load("interlib")).receive(VECTORS["V83"].octets)

    assert isinstance(request, Request)
    assert (request.checksum, request.sequence) == ("bad", 3)


def test_r06_the_last_answer_is_sent_again():
    library = Library()
    library.hear(STATUS)

    assert library.hear(AGAIN) == [STATUS_ANSWER]
    assert library.hear(b"97\r") == [STATUS_ANSWER]
    assert len(library.done) == 1


def test_r06_even_where_it_was_a_96():
    library = Library()
    library.hear(STATUS + b"9900802.00AY2AZ0000\r")

    assert library.hear(AGAIN) == [ASK_AGAIN]


def test_r07_nothing_to_send_again():
    assert Library().hear(AGAIN) == [ASK_AGAIN]


def test_r08_a_repeated_transaction_is_done_once():
    library = Library()

    assert library.hear(CHECKOUT + CHECKOUT) == [CHECKOUT_ANSWER, CHECKOUT_ANSWER]
    assert library.hear(b"\xfb" + CHECKOUT) == [CHECKOUT_ANSWER]
    assert [type(message) for message in library.done] == [Checkout]


def test_r08_even_when_the_line_was_repaired_between():
    library = Library()
    library.hear(CHECKOUT)

    assert library.hear(CHECKOUT.replace(b"AZE9E2", b"AZE9E3")) == [ASK_AGAIN]
    assert library.hear(CHECKOUT) == [CHECKOUT_ANSWER]
    assert len(library.done) == 1


def test_r08_a_copy_that_comes_before_the_answer_is_dropped():
    server = Server(SHUWU)

    request, ignored = server.receive(CHECKOUT + CHECKOUT)

    assert isinstance(request, Request)
    assert isinstance(ignored, Ignored)
    assert list(server.receive(AGAIN)) == [Ignored("97: resend, 1 waiting", AGAIN.rstrip())]


def test_r08_the_same_book_twice_is_two_transactions():
    library = Library()

    library.hear(CHECKIN)
    library.hear(CHECKOUT)
    library.hear(CHECKIN)

    assert [type(message) for message in library.done] == [Checkin, Checkout, Checkin]


def test_r08_equal_checksums_are_not_enough():
    """Swapped digits have the same sum: only the same octets are the same transaction."""
    library = Library()
    other = CHECKOUT.replace(b"AB1565921879", b"AB1565921897")

    library.hear(CHECKOUT)
    library.hear(other)

    assert [message.item_identifier for message in library.done] == ["1565921879", "1565921897"]


@pytest.mark.parametrize("octets", [STATUS, b"11NN20260101    120000                  AO|AAR1|ABB1|AC|\r"])
def test_r08_queries_and_unnumbered_transactions_run_again(octets: bytes):
    library = Library()

    library.hear(octets + octets)

    assert len(library.done) == 2


def test_r09_unknown_messages_are_ignored():
    library = Library()

    assert library.hear(b"7720260101AY1AZF000\r77\r") == [ASK_AGAIN]  # the first is damaged
    assert library.hear(b"64whatever\r" + ASK_AGAIN + STATUS_ANSWER) == [
        ASK_AGAIN
    ]  # 64 is known and unreadable
    assert library.hear(b"hello\r\xff\r") == []
    assert library.hear(STATUS) == [STATUS_ANSWER]


def test_r10_unknown_fields_are_kept():
    (request,) = Server(SHUWU).receive(b"93  CNme|COsecret|XXodd|\r")

    assert isinstance(request, Request)
    assert request.message.extra == (("XX", "odd"),)


def test_r11_without_error_detection_the_answer_has_none():
    library = Library()
    library.hear(STATUS)

    assert library.hear(b"9900802.00\r") == [STATUS_ANSWER.replace(b"AY1AZEDEA", b"")]


def test_r11_unless_it_lost_its_end_with_its_checksum():
    """Done without a number, it would be done again when it comes whole."""
    library = Library()
    cut = CHECKIN[:-5] + b"\r"

    assert len(library.hear(cut)) == 1  # nothing says yet that this terminal writes checksums
    assert library.hear(STATUS + cut) == [STATUS_ANSWER, ASK_AGAIN]
    assert len(library.done) == 2


def test_r14_summary_flags_without_a_meaning():
    (request,) = Server(SHUWU).receive(b"6300120260101    120000      YYYYAO|AAR1|AC|AD|\r")

    assert isinstance(request, Request)
    assert isinstance(request.message, PatronInformation)


def test_r15_another_charset_before_login_is_harmless():
    (request,) = Server(SHUWU).receive("6300120260101    120000          AO|AA张三|\r".encode("gbk"))

    assert isinstance(request, Request)


def test_r15_the_account_brings_its_own_dialect():
    library = Library()
    library.hear(b"9300CNme|COsecret|\r")
    library.server.speak(load("interlib"))

    (request,) = library.server.receive("1720260101    120000AO|AB书|\r".encode("gbk"))

    assert isinstance(request, Request)
    assert request.message.item_identifier == "书"


def test_r16_a_no_block_checkout_says_so():
    (request,) = Server(SHUWU).receive(b"11NY20260101    12000020260201    120000AO|AAR1|ABB1|AC|\r")

    assert isinstance(request, Request)
    assert request.message == Checkout(
        no_block=True, transaction_date=NOON, nb_due_date=local(2026, 2, 1, 12), patron_identifier="R1", item_identifier="B1",
    )  # fmt: skip


def test_r18_status_before_login_is_the_owners_business():
    assert Library().hear(STATUS + b"9300CNme|COsecret|\r") == [STATUS_ANSWER, b"941\r"]


def test_r19_blank_algorithms():
    library = Library()

    assert library.hear(b"93  CNme|COsecret|\r") == [b"941\r"]
    assert library.done == [Login(login_user_id="me", login_password="secret")]


def test_r20_a_request_that_cannot_be_read_is_not_met_with_silence():
    assert Library().hear(b"09Nsoon\r") == [ASK_AGAIN]


def test_a_stream_without_an_end_is_closed():
    library = Library()

    library.hear(STATUS + b"9" * (MAX_FRAME_OCTETS + 1))

    assert library.closed == [f"more than {MAX_FRAME_OCTETS} octets and no end"]


def test_a_terminal_that_never_waits_is_closed():
    server = Server(SHUWU)

    events = list(server.receive(STATUS * (MAX_PENDING + 2)))

    assert [type(event) for event in events[MAX_PENDING:]] == [Misbehaved, Ignored]
