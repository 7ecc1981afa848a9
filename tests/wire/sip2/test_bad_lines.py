"""A client and a server over the bad lines that every driver meets: whatever the line does to octets, no answer
is taken for another's, and nothing is lent twice for one asking.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.lines import EVERY, LOSSLESS, WHOLE, Answering, Bad, BadLine
from tests.wire.sip2.local import NOON
from tests.wire.sip2.test_server import Library
from wire.sip2.conversation import Answered, Client, Ignored, Send
from wire.sip2.declare import Message
from wire.sip2.dialect import load
from wire.sip2.messages import Checkin, CheckinResponse, ItemInformation, ItemInformationResponse, ScStatus
from wire.sip2.states import ClientState

SHUWU = load("shuwu")
ROUNDS = 40


class Desk(Library):
    """A library that knows every item."""

    def answer(self, message: Message) -> Message:
        if isinstance(message, ItemInformation):
            return ItemInformationResponse(transaction_date=NOON, item_identifier=message.item_identifier)
        return super().answer(message)

    def returned(self) -> list[str]:
        return [message.item_identifier for message in self.done if isinstance(message, Checkin)]


class Terminal:
    """The owner of a client: asks one question after the other, reconnects when told to close."""

    def __init__(self, desk: Desk, to_terminal: Bad, to_desk: Bad, seed: int) -> None:
        self._desk = desk
        self._bads = to_terminal, to_desk
        self._dice = Random(seed)
        self.ignored = self.reconnects = 0
        self._connect()

    def _connect(self) -> None:
        self._desk.server = type(self._desk.server)(SHUWU)
        self._client = Client(SHUWU)
        self._line = BadLine(Answering(self._carry), self._bads[0], self._dice.randrange(99))

    def _carry(self, octets: bytes) -> list[bytes]:
        hurt = self._bads[1] in LOSSLESS or self._dice.randrange(3) == 0
        pieces = self._bads[1].spoil(octets, self._dice) if hurt else [octets]
        return [reply for piece in pieces if isinstance(piece, bytes) for reply in self._desk.hear(piece)]

    def ask(self, question: Message) -> Message | None:
        """The answer, or None where it is owed."""
        self._line.write(self._client.send(question))
        while self._client.state is not ClientState.CLOSED:
            octets = self._line.read(1.0)
            for event in self._client.receive(octets):
                match event:
                    case Answered(message):
                        return message
                    case Send(again):
                        self._line.write(again)
                    case Ignored():
                        self.ignored += 1
            if (
                not octets
                and self._client.state is not ClientState.CLOSED
                and (again := self._client.silent())
            ):
                self._line.write(again)
        self.reconnects += 1
        self._connect()
        return None


def questions() -> list[Message]:
    returns = [
        Checkin(transaction_date=NOON, return_date=NOON, item_identifier=f"B{n:04}") for n in range(ROUNDS)
    ]
    looks = [ItemInformation(transaction_date=NOON, item_identifier=f"B{n:04}") for n in range(ROUNDS)]
    return [question for pair in zip(looks, returns, strict=True) for question in (*pair, ScStatus())]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bad", EVERY, ids=str)
@pytest.mark.parametrize("there", [True, False], ids=["to the terminal", "to the desk"])
def test_over(bad: Bad, there: bool, seed: int):
    desk = Desk()
    terminal = Terminal(desk, bad if there else WHOLE, WHOLE if there else bad, seed)

    answers = [(question, terminal.ask(question)) for question in questions()]

    for question, answer in answers:
        if isinstance(answer, CheckinResponse | ItemInformationResponse):
            assert answer.item_identifier == question.item_identifier  # type: ignore[attr-defined]
    returned = desk.returned()
    assert len(returned) == len(set(returned)), "one was done twice"
    told = {
        q.item_identifier for q, a in answers if isinstance(q, Checkin) and isinstance(a, CheckinResponse)
    }
    assert told <= set(returned), "one was told and not done"
    if bad in LOSSLESS:
        assert (len(told), terminal.ignored, terminal.reconnects) == (ROUNDS, 0, 0)
    else:
        assert len(told) > ROUNDS // 2
