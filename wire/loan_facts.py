"""What can have happened to a book at a desk: lent, renewed, returned, and what came of it. Part of `wire.facts`."""

from __future__ import annotations

from typing import Literal

from wire.fact import By, Fact, FaultNumber, Name, Sealed, Text, Txn
from wire.ids import Pseudonym


class LoanAsked(Fact, frozen=True, tag="loan.asked"):
    """The intent: on disk before the ILS is asked."""

    txn: Txn
    item: Text
    reader: Pseudonym


class LoanMade(Fact, frozen=True, tag="loan.made"):
    txn: Txn
    item: Text
    reader: Pseudonym
    reader_type: Name = ""
    title: Text = ""
    call_number: Name = ""
    due: Name = ""
    """As the ILS said it, ISO 8601 where its form is known."""
    settled: bool = False
    """True: found out after a silence or a restart, not told to the reader at the desk."""
    granted: bool = False
    """True: the end of a `loan.granted`, which has been counted already."""
    forced: bool = False
    """True: the ILS took it with no-block, past its own rules."""
    by: By = "ils"
    read_here: bool = False
    """True: lent within the building, so that its tag stays secured."""


class LoanRefused(Fact, frozen=True, tag="loan.refused"):
    txn: Txn
    item: Text
    reader: Pseudonym
    fault: FaultNumber
    granted: bool = False
    """True: the reader has the book by a `loan.granted`, and the ILS does not take it: for staff."""
    sealed: Sealed = ""
    settled: bool = False
    """True: the end of a `loan.owed` of a book that had been on this reader's card before (206)."""


class LoanOwed(Fact, frozen=True, tag="loan.owed"):
    """The ILS did not answer and the reader was told to leave the book; whether it lent is found out later."""

    txn: Txn
    item: Text
    reader: Pseudonym
    sealed: Sealed = ""
    was_lent: bool = False
    """True: it was on loan by its tag, and the reader was told to take it along if it is theirs."""


class LoanGranted(Fact, frozen=True, tag="loan.granted"):
    """The ILS was silent and the kiosk lent by its rule: the reader has the book, the ILS is owed the news.

    Ends as `loan.made`, `loan.refused` or `loan.abandoned` with the same txn. Counts as the loan, at its time.
    """

    txn: Txn
    item: Text
    reader: Pseudonym
    reader_type: Name = ""
    title: Text = ""
    call_number: Name = ""
    due: Name = ""
    """ISO 8601 date that the reader was told."""
    decided_by: Literal["list", "rule"] = "rule"
    sealed: Sealed = ""


class LoanAbandoned(Fact, frozen=True, tag="loan.abandoned"):
    """Found out after a silence or a restart: the ILS never lent it."""

    txn: Txn
    item: Text
    reader: Pseudonym
    by: By = "ils"
    unclear: bool = False
    """True: whether it lent it nobody here can find out, the card's number is gone with a damaged page: for staff."""


class LoanRenewed(Fact, frozen=True, tag="loan.renewed"):
    """The reader keeps the item longer: asked for by that name, or the ILS took a checkout of it so.

    Of one transaction as many as items were renewed.
    """

    txn: Txn
    item: Text
    """Empty where the ILS says how many it renewed and not which."""
    reader: Pseudonym
    reader_type: Name = ""
    title: Text = ""
    call_number: Name = ""
    due: Name = ""
    """As in `loan.made`."""
    forced: bool = False
    """True: the ILS took it with no-block, past its own rules."""
    by_name: bool = False
    """True: asked for by that name at one of our desks: no `loan.asked` stands before it, and no tag is written."""


class LoanUndone(Fact, frozen=True, tag="loan.undone"):
    """The machine could not let the item go and took its loan back (09 with BI=Y). The loan was counted."""

    txn: Txn
    item: Text
    title: Text = ""
    call_number: Name = ""


class ReturnAsked(Fact, frozen=True, tag="return.asked"):
    txn: Txn
    item: Text


class ReturnMade(Fact, frozen=True, tag="return.made"):
    txn: Txn
    item: Text
    title: Text = ""
    call_number: Name = ""
    home: Name = ""
    """Permanent place of the item where the ILS tells it: another branch's book is a 异地还."""
    settled: bool = False
    taken: bool = False
    """True: the end of a `return.taken`, which has been counted already."""
    forced: bool = False
    """True: the ILS took it with no-block."""
    by: By = "ils"


class ReturnRefused(Fact, frozen=True, tag="return.refused"):
    txn: Txn
    item: Text
    fault: FaultNumber
    taken: bool = False
    """True: the book is here by a `return.taken`, and the ILS does not take it: for staff."""


class ReturnOwed(Fact, frozen=True, tag="return.owed"):
    """The power went before the ILS answered; whether it took the book back is found out later."""

    txn: Txn
    item: Text


class ReturnTaken(Fact, frozen=True, tag="return.taken"):
    """The ILS was silent and the kiosk took the book: it is here, the ILS is owed the news.

    Ends as `return.made` or `return.refused` with the same txn. Counts as the return, at its time.
    """

    txn: Txn
    item: Text
    title: Text = ""
    call_number: Name = ""


class ReturnAbandoned(Fact, frozen=True, tag="return.abandoned"):
    txn: Txn
    item: Text
    by: By = "ils"


class ReturnUndone(Fact, frozen=True, tag="return.undone"):
    """The machine could not keep the item and took its return back (11 with BI=Y). The return was counted."""

    txn: Txn
    item: Text
    reader: Pseudonym
    title: Text = ""
    call_number: Name = ""
