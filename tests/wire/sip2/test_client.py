"""The client on literal octets, and what it does when the line or the ACS is bad."""

from __future__ import annotations

import pytest

from tests.wire.sip2.local import NOON
from tests.wire.sip2.vectors import VECTORS
from wire.sip2.codes import Summary
from wire.sip2.conversation import Answered, Client, GaveUp, Ignored, Misbehaved, Send
from wire.sip2.dialect import Checksum, Dialect, load, merge
from wire.sip2.errors import Misuse
from wire.sip2.messages import (
    Checkin,
    Checkout,
    CheckoutResponse,
    FindReader,
    ItemInformation,
    ItemInformationResponse,
    Login,
    LoginResponse,
    PatronInformation,
    ScStatus,
)
from wire.sip2.states import ClientState

SHUWU = load("shuwu")
LOGIN = Login(login_user_id="scclient", login_password="clientpwd", location_code="floor1")
LOGIN_ANSWER = VECTORS["V02"].octets
ASK_AGAIN = b"97AZFEF5\r"
ITEM = ItemInformation(transaction_date=NOON, item_identifier="B1")
CHECKOUT = Checkout(transaction_date=NOON, patron_identifier="R1", item_identifier="B1")
CHECKOUT_ANSWER = b"121NNY20260101    120000AO|AAR1|ABB1|AJ|AH|\r"


def item(number: str, trailer: bytes = b"") -> bytes:
    return b"1803020120260101    120000AB" + number.encode() + b"|AJ|" + trailer + b"\r"


def reader(card: str) -> bytes:
    return f"64              01920260101    120000{' ' * 24}AO|AA{card}|AE|BLY|\r".encode()


def logged_in(dialect: Dialect = SHUWU) -> Client:
    client = Client(dialect)
    client.send(LOGIN)
    client.receive(LOGIN_ANSWER)
    assert client.state is ClientState.IDLE
    return client


def test_a_question_and_its_answer():
    client = Client(SHUWU)

    assert client.send(LOGIN) == VECTORS["V01"].octets
    assert client.receive(LOGIN_ANSWER) == [Answered(LoginResponse(ok=True), "good")]


def test_questions_are_numbered_0_to_9():
    client = Client(SHUWU)
    numbers = []
    for _ in range(12):
        octets = client.send(ScStatus())
        numbers.append(octets[12:13])
        client.receive(b"98YYYYYY10000320261121    2241212.00AO|BX|AY" + numbers[-1] + b"\r")

    assert b"".join(numbers) == b"012345678901"


def test_an_answer_byte_by_byte():
    client = Client(SHUWU)
    client.send(LOGIN)

    events = [event for octet in LOGIN_ANSWER for event in client.receive(bytes([octet]))]

    assert events == [Answered(LoginResponse(ok=True), "good")]


def test_silence_sends_the_same_octets_until_the_tries_are_used_up():
    client = Client(SHUWU, retries=2)
    octets = client.send(LOGIN)

    assert [client.silent(), client.silent(), client.silent()] == [octets, octets, None]
    assert client.state is ClientState.CLOSED


def test_tries_are_counted_for_each_question():
    client = Client(SHUWU, retries=1)
    octets = client.send(LOGIN)
    assert client.silent() == octets
    client.receive(LOGIN_ANSWER)

    octets = client.send(ITEM)
    assert client.silent() == octets


@pytest.mark.parametrize(
    "question", [CHECKOUT, Checkin(transaction_date=NOON, return_date=NOON, item_identifier="B1")]
)
def test_a_transaction_goes_out_twice_only_where_the_acs_knows_it_again(question: Checkout | Checkin):
    trusting, wary = logged_in(SHUWU), logged_in(load("koha"))
    octets = trusting.send(question)
    wary.send(question)

    assert trusting.silent() == octets
    assert wary.silent() is None


def test_a_transaction_that_the_acs_could_not_read_goes_out_again():
    client = logged_in(load("koha"))
    octets = client.send(CHECKOUT)

    assert client.receive(b"96AZFEF6\r") == [Send(octets)]
    assert client.receive(b"96\r") == [Send(octets)]


def test_a_damaged_answer_is_asked_for_again():
    client = Client(SHUWU)
    client.send(LOGIN)

    assert client.receive(b"941AY0AZFDFC\r") == [Send(ASK_AGAIN)]
    assert client.receive(LOGIN_ANSWER) == [Answered(LoginResponse(ok=True), "good")]


def test_where_97_is_unknown_a_spoilt_answer_ends_the_conversation():
    client = Client(merge(SHUWU, 'lacks = ["97"]'))
    client.send(LOGIN)

    assert client.receive(b"941AY0AZFDFC\r") == [GaveUp("94 is no answer to this")]
    assert client.state is ClientState.CLOSED


def test_what_the_acs_does_not_know_is_not_asked():
    client = logged_in(load("generic"))

    with pytest.raises(Misuse, match="FindReader is no question here"):
        client.send(FindReader(transaction_date=NOON, patron_identifier="R1"))
    assert client.state is ClientState.IDLE


@pytest.mark.parametrize("dialect", ["koha", "dp2"])
@pytest.mark.parametrize("frame", [b"940\r", b"940AFnot signed in|\r", b"940AY4\r"])
def test_a_refused_login_that_nobody_asked_for_says_that_we_are_signed_out(dialect: str, frame: bytes):
    client = logged_in(load(dialect))
    assert isinstance(client.receive(frame)[0], Ignored)
    client.send(ITEM)

    assert client.receive(frame) == [GaveUp("94 is no answer to this", signed_out=True)]
    assert client.state is ClientState.CLOSED


def test_a_login_that_is_granted_twice_is_late():
    client = logged_in(load("dp2"))
    client.send(ITEM)

    assert isinstance(client.receive(LOGIN_ANSWER)[0], Ignored)
    assert isinstance(client.receive(item("B1"))[0], Answered)


def test_after_asking_again_the_number_may_be_0():
    client = logged_in()
    client.send(ITEM)

    assert client.receive(b"18??\r") == [Send(ASK_AGAIN)]
    assert client.receive(item("B1", b"AY0AZF764")) == [Answered(_item("B1"), "good")]


def test_a_97_is_not_repeated_for_a_96():
    client = Client(SHUWU)
    octets = client.send(LOGIN)
    client.receive(b"941AY0AZ0000\r")

    assert [type(event) for event in client.receive(b"96AZFEF6\r")] == [Ignored]
    assert client.silent() == octets


def test_a_line_that_stays_bad_is_given_up():
    client = Client(SHUWU, retries=2)
    client.send(LOGIN)

    events = [event for _ in range(3) for event in client.receive(b"941AY0AZ0000\r")]

    assert [type(event) for event in events] == [Send, Send, GaveUp]


def test_an_answer_that_lost_its_checksum_is_damaged():
    client = logged_in()
    client.send(CHECKOUT)

    assert client.receive(CHECKOUT_ANSWER) == [Send(ASK_AGAIN)]


NOTED = (
    b"64              00020260101    120000000000000000000000000000AO|AAR1|AESmith|BLY|"
    b"AFPlease ask\rfor the\r\nnew card|AY1AZ"
)
"""A note that a person typed in lines, as Koha wrote it out (bug 40675): its checksum is over the line ends too."""


def noted() -> bytes:
    return NOTED + b"%04X\r" % (-sum(NOTED) & 0xFFFF)


@pytest.mark.parametrize("size", [1000, 40, 1])
def test_a_line_end_inside_a_text_does_not_end_the_message(size: int):
    client = logged_in(load("koha"))
    client.send(PatronInformation(transaction_date=NOON, patron_identifier="R1"))

    frame = noted()
    events = [event for at in range(0, len(frame), size) for event in client.receive(frame[at : at + size])]

    answer = events.pop()
    assert isinstance(answer, Answered)
    assert (answer.checksum, " ".join(answer.message.screen_message[0].split())) == (
        "good",
        "Please ask for the new card",
    )
    assert [event for event in events if event != Send(ASK_AGAIN)] == []


def test_what_is_left_of_a_cut_message_is_not_joined_to_the_next():
    client = logged_in(load("koha"))
    client.send(PatronInformation(transaction_date=NOON, patron_identifier="R1"))

    assert client.receive(noted()[:90] + b"\r") == [Send(ASK_AGAIN)]
    (answer,) = client.receive(noted())
    assert isinstance(answer, Answered)


def test_an_acs_without_checksums_is_believed():
    client = Client(SHUWU)
    client.send(LOGIN)
    assert client.receive(b"941\r") == [Answered(LoginResponse(ok=True), "absent")]

    client.send(CHECKOUT)
    (event,) = client.receive(CHECKOUT_ANSWER)
    assert isinstance(event, Answered)


def test_a_late_answer_is_dropped_by_its_number():
    client = logged_in()
    client.send(ITEM)

    assert [type(event) for event in client.receive(LOGIN_ANSWER)] == [Ignored]
    assert client.state is ClientState.AWAITING


def test_our_number_on_another_kind_of_answer_is_misbehaviour():
    client = logged_in()
    client.send(CHECKOUT)

    (event,) = client.receive(item("B1", b"AY1AZF763"))

    assert isinstance(event, Misbehaved)
    assert event.why == "18 is no answer to this"
    assert event.frame.startswith(b"1803")
    assert client.state is ClientState.CLOSED


def test_an_answer_with_a_right_checksum_that_cannot_be_read_is_misbehaviour():
    client = Client(SHUWU)
    client.send(ITEM)

    (event,) = client.receive(b"18??AY0AZFDB4\r")

    assert isinstance(event, Misbehaved)


@pytest.mark.parametrize(
    "dialect", [load("interlib"), load("dp2"), Dialect(title="t", checksum=Checksum(emit="none"))]
)
def test_without_numbers_the_item_must_be_the_one_asked_about(dialect: Dialect):
    client = Client(dialect)
    client.send(ITEM)

    assert [type(event) for event in client.receive(item("B0"))] == [Ignored]
    assert [type(event) for event in client.receive(item("B1"))] == [Answered]


def test_where_numbers_mean_nothing_ours_means_nothing_either():
    client = Client(load("dp2"))
    client.send(ITEM)

    assert [type(event) for event in client.receive(item("B0", b"AY0"))] == [Ignored]
    assert [type(event) for event in client.receive(item("B1", b"AY4"))] == [Answered]


@pytest.mark.parametrize("dialect", [load("interlib"), load("dp2"), load("generic")])
def test_without_numbers_an_answer_that_comes_twice_is_not_the_next_readers(dialect: Dialect):
    client = Client(dialect)
    client.send(PatronInformation(transaction_date=NOON, patron_identifier="R1"))
    assert [type(event) for event in client.receive(reader("R1"))] == [Answered]

    client.send(PatronInformation(transaction_date=NOON, patron_identifier="R2"))
    assert [type(event) for event in client.receive(reader("R1"))] == [Ignored]
    assert [type(event) for event in client.receive(reader("R2"))] == [Answered]


def test_the_same_reader_may_be_answered_the_same_twice():
    client = Client(load("dp2"))
    for wanted in (Summary.CHARGED, Summary.HOLD):
        client.send(
            PatronInformation(transaction_date=NOON, summary=frozenset({wanted}), patron_identifier="R1")
        )
        assert [type(event) for event in client.receive(reader("R1"))] == [Answered]


def test_where_numbers_mean_nothing_silence_ends_it():
    """A second answer could not be told from the answer to the next question."""
    client = Client(load("interlib"))
    client.send(PatronInformation(transaction_date=NOON, patron_identifier="R1"))

    assert client.silent() is None


def test_once_a_copy_may_be_on_its_way_only_our_number_is_believed():
    client = Client(SHUWU)
    client.send(ITEM)
    client.silent()

    assert [type(event) for event in client.receive(item("B1"))] == [Ignored]
    assert client.receive(item("B1", b"AY0AZF764")) == [Answered(_item("B1"), "good")]


def test_an_unknown_message_is_ignored():
    client = Client(SHUWU)
    client.send(ITEM)

    assert client.receive(b"77hello\r") == [Ignored("no message 77", b"77hello")]


def test_the_account_stands_once_more_where_the_dialect_wants_it():
    client = Client(load("interlib"))
    client.send(Login(login_user_id="BZJ_005", login_password="x"))
    client.receive(b"941\r")

    assert b"|CNBZJ_005|" in client.send(CHECKOUT)
    client.receive(CHECKOUT_ANSWER)
    assert b"CNBZJ_005|" not in client.send(ITEM)


def test_a_wrong_checksum_is_told_where_it_is_only_logged():
    client = Client(load("interlib"))
    client.send(CHECKOUT)

    (event,) = client.receive(
        "121NNY20260101    120000AO|AAR1|ABB1|AJ书|AH2026-01-31|AF成功|AY3AZ0000|\r".encode("gbk")
    )

    assert isinstance(event, Answered)
    assert event.checksum == "bad"
    assert isinstance(event.message, CheckoutResponse)
    assert event.message.ok


def _item(number: str) -> ItemInformationResponse:
    return ItemInformationResponse(
        circulation_status="03", security_marker="02", fee_type="01", transaction_date=NOON, item_identifier=number,
    )  # fmt: skip
