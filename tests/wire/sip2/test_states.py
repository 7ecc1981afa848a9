"""The tables are whole, and the machines are the tables."""

from __future__ import annotations

import pytest

from tests.wire.sip2.local import NOON
from wire.sip2.conversation import Client, GaveUp, Ignored, Misbehaved, Server
from wire.sip2.dialect import load
from wire.sip2.errors import Misuse
from wire.sip2.framing import MAX_FRAME_OCTETS
from wire.sip2.messages import AcsStatus, Checkout, LoginResponse, ScStatus
from wire.sip2.states import CLIENT, SERVER, ClientDo, ClientState, Heard, Met, ServerDo, ServerState

GENERIC = load("generic")
ASK = b"9900802.00AY0AZFCA1\r"
ANSWER = b"98YYYYYY10000320261121    2241212.00AO|BXYYYYYYYYYNYNYYYY|AY0AZEF59\r"


def test_each_state_has_a_row_for_each_happening():
    assert {state: set(rows) for state, rows in CLIENT.items()} == {
        state: set(Heard) for state in ClientState
    }
    assert {state: set(rows) for state, rows in SERVER.items()} == {state: set(Met) for state in ServerState}


def test_what_is_refused_or_ignored_changes_nothing():
    for table, idle in (
        (CLIENT, {ClientDo.REFUSE, ClientDo.IGNORE}),
        (SERVER, {ServerDo.REFUSE, ServerDo.IGNORE}),
    ):
        for state, rows in table.items():
            assert all(after is state for after, do in rows.values() if do in idle)


def test_closed_is_for_good():
    assert {after for after, _ in CLIENT[ClientState.CLOSED].values()} == {ClientState.CLOSED}
    assert {after for after, _ in SERVER[ServerState.CLOSED].values()} == {ServerState.CLOSED}


def test_every_state_is_reached_from_the_first():
    for table, first in ((CLIENT, ClientState.IDLE), (SERVER, ServerState.LISTENING)):
        reached, grown = {first}, {first}
        while grown:
            grown = {after for state in grown for after, _ in table[state].values()} - reached
            reached |= grown
        assert reached == set(table)


def client(state: ClientState) -> Client:
    made = Client(GENERIC)
    if state is not ClientState.IDLE:
        made.send(ScStatus())
    if state is ClientState.REPEATING:
        made.receive(b"98YYYYYY\r")
    if state is ClientState.CLOSED:
        made.receive(b"x" * (MAX_FRAME_OCTETS + 1))
    assert made.state is state
    return made


@pytest.mark.parametrize("state", [ClientState.AWAITING, ClientState.REPEATING, ClientState.CLOSED])
def test_the_client_asks_one_question_at_a_time(state: ClientState):
    asking = client(state)

    with pytest.raises(Misuse, match=state.name):
        asking.send(ScStatus())

    assert asking.state is state
    assert asking.receive(b"") == []


@pytest.mark.parametrize("state", [ClientState.IDLE, ClientState.CLOSED])
def test_nobody_is_silent_who_was_not_asked(state: ClientState):
    asking = client(state)

    with pytest.raises(Misuse, match=state.name):
        asking.silent()

    assert asking.state is state


def test_a_refused_call_leaves_the_open_question_open():
    asking = client(ClientState.AWAITING)
    with pytest.raises(Misuse):
        asking.send(Checkout(transaction_date=NOON, patron_identifier="R1", item_identifier="B1"))

    assert asking.silent() == ASK


def test_only_questions_are_sent():
    with pytest.raises(Misuse, match="LoginResponse is no question"):
        Client(GENERIC).send(LoginResponse(ok=True))


def test_a_closed_client_ignores_what_still_comes():
    closed = client(ClientState.CLOSED)

    assert [type(event) for event in closed.receive(ANSWER + b"96AZFEF6\r" + b"?\r")] == [Ignored] * 3


def acs_status() -> AcsStatus:
    return AcsStatus(
        online_status=True, checkin_ok=True, checkout_ok=True, acs_renewal_policy=True, offline_ok=True,
        timeout_period=100, retries_allowed=3, date_time_sync=NOON, supported_messages=frozenset(),
    )  # fmt: skip


def test_the_server_answers_what_waits_and_in_its_order():
    server = Server(GENERIC)
    first, second = server.receive(ASK + b"9900802.00AY1AZFCA0\r")

    for request, answer in ((second, acs_status()), (first, LoginResponse(ok=True))):
        with pytest.raises(Misuse, match="ANSWER_NONE while ANSWERING"):
            server.answer(request, answer)

    assert b"AY0" in server.answer(first, acs_status())
    assert server.state is ServerState.ANSWERING
    assert b"AY1" in server.answer(second, acs_status())
    assert server.state is ServerState.LISTENING
    with pytest.raises(Misuse, match="ANSWER_NONE while LISTENING"):
        server.answer(second, acs_status())


def test_a_closed_server_may_still_answer_what_was_done():
    server = Server(GENERIC)
    (request,) = server.receive(ASK)
    (closing,) = server.receive(b"x" * (MAX_FRAME_OCTETS + 1))

    assert isinstance(closing, Misbehaved)
    assert list(server.receive(b"x" * (MAX_FRAME_OCTETS + 1))) == [Ignored(closing.why, b"")]
    assert server.answer(request, acs_status()).startswith(b"98")
    assert server.state is ServerState.CLOSED


def test_giving_up_is_said_once():
    asking = client(ClientState.AWAITING)
    events = [event for _ in range(6) for event in asking.receive(b"?\r")]

    assert [type(event) for event in events[3:]] == [GaveUp, Ignored, Ignored]
