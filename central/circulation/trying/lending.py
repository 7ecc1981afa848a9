"""The part of a talk that changes something, and puts it back: a book is lent, renewed and returned.

    17  11 (with a no-block due date where that is not answered)  17  11 again, octet for octet
    29 (without its fixed fields where that is not answered)  09  17

- Only where somebody asked for it, with a reader and a book named for it.
- A book that is on loan already is left alone.
- From the first 11 on a 09 follows, whatever happened between; where the line has ended, on a new one. None where
  the 11 changed nothing: the status of some systems does not show that somebody has the book.
- Whether it was lent is read from the item's status (17), before and after: flags and words are what is looked into.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from wire.sip2.became import CHARGED
from wire.sip2.declare import Message
from wire.sip2.messages import (
    ANSWERED_BY,
    Checkin,
    Checkout,
    CheckoutResponse,
    ItemInformationResponse,
    Renew,
)

if TYPE_CHECKING:
    from central.circulation.trying.line import Line
    from central.circulation.trying.talk import Exchange, Purpose, Talker, Way

WORD = "成功"
UNLESS = ["不成功", "未成功", "失败"]
"""Done and not done, in the words of most Chinese systems."""
ANOTHER_SECOND_S = 1.1
"""Before the same checkout once more: a system that does it twice dates its second answer later, in seconds."""


class Lending:
    """One book, lent and returned."""

    def __init__(self, talker: Talker, way: Way) -> None:
        self._talker, self._way = talker, way
        self._item, self._card = talker.talk.visitor.lend, talker.talk.visitor.card
        self._may_be_lent = False

    def run(self) -> None:
        """Lend it and take it back. Where nobody is let in any more it stays lent, which the talk shows."""
        try:
            with suppress(OSError), self._talker.signed_in(self._way) as line:
                self._lend(line)
        finally:
            if self._may_be_lent:
                with suppress(OSError), self._talker.signed_in(self._way) as line:
                    self._return(line)

    def _lend(self, line: Line) -> None:
        before = self._look(line, "before lending")
        if before.closed or is_lent(before, None):
            return
        first = self._ask(line, "checkout", self._loan())
        if not is_met(first):
            self._lend_dated(before)
        elif self._checkout(line, before, first):
            self._renew(line)

    def _lend_dated(self, before: Exchange) -> None:
        """Where the 11 was not answered and the book is in still: with a no-block due date, on a new line."""
        dated = replace(self._way, nb_due_date_always=True)
        with self._talker.signed_in(self._way) as line:
            if is_lent(self._look(line, "after lending"), before) is not False:
                return
            asked = self._ask(line, "checkout, dated", self._loan(), way=dated)
            after = None if asked.closed else self._look(line, "after lending")
            if is_met(asked) and self._goes_on(asked, before, after):
                self._way = dated
                self._renew(line)

    def _renew(self, line: Line) -> None:
        renewed = self._ask(line, "renew", self._renewal())
        if not is_met(renewed):
            bare = replace(self._way, no_fixed=("29",))
            with self._talker.signed_in(self._way) as another:
                self._ask(another, "renew, no fixed fields", self._renewal(), way=bare)

    def _checkout(self, line: Line, before: Exchange, first: Exchange) -> bool:
        """Whether it was lent, as far as anybody can tell, and the line goes on after it."""
        after = None if first.closed else self._look(line, "after lending")
        if after and is_lent(after, before) is False and self._talker.talk.visitor.user:
            again = self._ask(line, "checkout, account in it", self._loan(account=True))
            after = None if again.closed else self._look(line, "after lending")
            return self._goes_on(again, before, after)
        if not self._goes_on(first, before, after):
            return False
        time.sleep(ANOTHER_SECOND_S)
        return not self._talker.again(line, "checkout again", first).closed

    def _goes_on(self, asked: Exchange, before: Exchange, after: Exchange | None) -> bool:
        """Without a loan of ours nothing is renewed or returned: it would be somebody else's."""
        if after is None:
            return False
        self._may_be_lent = not changed_nothing(asked, before, after)
        return self._may_be_lent and not after.closed

    def _return(self, line: Line) -> None:
        now = self._talker.now()
        back = Checkin(
            transaction_date=now,
            return_date=now,
            institution_id=self._talker.talk.visitor.institution,
            current_location=self._talker.talk.visitor.location,
            item_identifier=self._item,
        )
        if not self._ask(line, "checkin", back).closed:
            self._look(line, "after returning")

    def _look(self, line: Line, purpose: Purpose) -> Exchange:
        return self._ask(line, purpose, self._talker.item(self._item))

    def _loan(self, *, account: bool = False) -> Checkout:
        who = self._talker.talk.visitor
        self._may_be_lent = True
        return Checkout(
            transaction_date=self._talker.now(),
            institution_id=who.institution,
            patron_identifier=self._card,
            item_identifier=self._item,
            patron_password=who.pin,
            extra=(("CN", who.user),) if account else (),
        )

    def _renewal(self) -> Renew:
        who = self._talker.talk.visitor
        return Renew(
            transaction_date=self._talker.now(),
            institution_id=who.institution,
            patron_identifier=self._card,
            patron_password=who.pin,
            item_identifier=self._item,
        )

    def _ask(self, line: Line, purpose: Purpose, question: Message, *, way: Way | None = None) -> Exchange:
        return self._talker.ask(line, purpose, way or self._way, question)


def is_lent(now: Exchange, before: Exchange | None) -> bool | None:
    """Whether the item is on loan by its status, or by its status having changed; None: that does not tell."""
    status, was = _status(now), _status(before) if before else None
    if status is None:
        return None
    known = CHARGED.get(status)
    if known is None and was is not None:
        return status != was or None
    return known


def changed_nothing(asked: Exchange, before: Exchange, after: Exchange) -> bool:
    """The item's status is what it was, and the 12 says no, or that the reader had it already."""
    answer = asked.answer
    if not isinstance(answer, CheckoutResponse) or _status(after) != _status(before):
        return False
    said = "".join(answer.screen_message)
    done = answer.ok or (WORD in said and not any(word in said for word in UNLESS))
    return answer.renewal_ok or not done


def is_met(exchange: Exchange) -> bool:
    """Answered by the message that belongs to it, were it one that cannot be read."""
    wanted = ANSWERED_BY[type(exchange.question)].layout.id.encode()
    return any(line.lstrip(b"\n").startswith(wanted) for line in exchange.got.split(b"\r"))


def _status(exchange: Exchange) -> str | None:
    answer = exchange.answer
    return answer.circulation_status if isinstance(answer, ItemInformationResponse) else None
