"""Who a reader is, asked by the one question where the ILS does not know the other. Pure.

| the terminal asks | the ILS lacks | it is asked | the terminal hears |
| --- | --- | --- | --- |
| 23 | 23 | 63 without a list | 24: all that a 24 has is in the 64 |
| 63 | 63 | 23 | 64 with what a 24 has; counts blank and no list: neither is known |

Nothing else can be asked in other words: no two other requests ask the same.
"""

from __future__ import annotations

from collections.abc import Collection

from wire.sip2.declare import Message
from wire.sip2.messages import (
    ANSWERED_BY,
    PatronInformation,
    PatronInformationResponse,
    PatronStatusRequest,
    PatronStatusResponse,
)

OTHER: dict[type[Message], type[Message]] = {
    PatronStatusRequest: PatronInformation,
    PatronInformation: PatronStatusRequest,
}
"""Each question, and what can be asked in its place."""


def asked_as(kind: type[Message], lacks: Collection[str]) -> type[Message] | None:
    """What the ILS is asked where a terminal asks such a question; None where it knows nothing of the kind.

    Args:
        kind: the terminal's question.
        lacks: identifiers of the messages that the ILS does not know.
    """
    ways = (kind, OTHER.get(kind))
    return next((way for way in ways if way is not None and way.layout.id not in lacks), None)


def question(asked: Message, lacks: Collection[str]) -> Message | None:
    """The question as the ILS knows it; None where it knows it in no way."""
    kind = asked_as(type(asked), lacks)
    return None if kind is None else _as(kind, asked)


def answer(said: Message, asked: Message) -> Message:
    """The ILS's answer as the terminal asked for it.

    What only the other kind of answer has is left out: whoever asks for less is told no more about a reader.
    """
    wanted = ANSWERED_BY[type(asked)]
    if isinstance(said, PatronStatusResponse | PatronInformationResponse) and type(asked) in OTHER:
        return _as(wanted, said)
    return said


def _as(kind: type[Message], message: Message) -> Message:
    """The message itself, or another with all that both of them have."""
    if type(message) is kind:
        return message
    return kind(**{name: getattr(message, name) for name in kind.layout.names & message.layout.names})
