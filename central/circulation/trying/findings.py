"""What is looked at and what is found out, as values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from central.circulation.trying.charsets import guess
from central.circulation.trying.seen import Seen
from central.circulation.trying.talk import Exchange, Purpose, Talk
from wire.sip2.declare import Message
from wire.sip2.dialect import Charset

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found out."""

    zh: str
    en: str
    key: str = ""
    """The dialect's key that it sets, tables with dots (`rename.64.AS`); empty: only to be known."""
    value: object = None
    """What the key must be; a frozenset: what its list must hold."""
    binding: bool = True
    """False: a sign of a dialect that has it so, and no reason to override one that has not."""


class Evidence:
    """A talk, read in the charset that it is in."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.charset: Charset | None = guess(b"\r".join(exchange.got for exchange in talk.exchanges))

    @cached_property
    def frames(self) -> list[tuple[Exchange, Seen]]:
        """Every frame that is a message, with what it answers."""
        charset = self.charset or "utf-8"
        return [
            (exchange, seen)
            for exchange in self.talk.exchanges
            for seen in exchange.frames(charset)
            if seen.message is not None
        ]

    def answers(self, kind: type[M], *purposes: Purpose) -> Iterator[M]:
        """The answers of a kind, to all messages or to those for a purpose."""
        for exchange, seen in self.frames:
            if isinstance(seen.message, kind) and (not purposes or exchange.purpose in purposes):
                yield seen.message

    def answer(self, kind: type[M], *purposes: Purpose) -> M | None:
        return next(self.answers(kind, *purposes), None)

    def code(self, code: str, *purposes: Purpose) -> list[str]:
        """The values of a field that no message declares, in the answers for these purposes."""
        messages = [seen.message for exchange, seen in self.frames if exchange.purpose in purposes]
        return [value for message in messages if message for name, value in message.extra if name == code]


Rule = Callable[[Evidence], Iterator[Finding]]
"""What one look at the evidence shows."""


def deduce(at: Evidence, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules find, each thing once."""
    found: dict[str, Finding] = {}
    for rule in rules:
        for finding in rule(at):
            found.setdefault(finding.zh, finding)
    return list(found.values())
