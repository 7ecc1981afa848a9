"""What can have happened when somebody becomes a reader at a desk. Part of `wire.facts`.

    register.asked ─┬─ register.owed ─┬─ reader.registered    the library system has the reader
                    └─────────────────┼─ register.refused     it will not have them
                                      └─ register.abandoned   it never heard of it

`reader` is the keyed hash of the identity card's number. No fact carries a name, a number or a birth date.
"""

from __future__ import annotations

from typing import Literal

from wire.fact import By, Fact, FaultNumber, Name, Txn
from wire.ids import Pseudonym


class RegisterAsked(Fact, frozen=True, tag="register.asked"):
    """The intent: on disk before the ILS is asked."""

    txn: Txn
    reader: Pseudonym


class RegisterOwed(Fact, frozen=True, tag="register.owed"):
    """The ILS did not answer; whether there is a new reader is found out later, by the identity card."""

    txn: Txn
    reader: Pseudonym


class ReaderRegistered(Fact, frozen=True, tag="reader.registered"):
    """There is one reader more. Says by what and of which type, and nothing of whom."""

    txn: Txn
    credential: Literal["id_card"]
    reader_type: Name = ""
    """As the desk asked for it; empty: the library system chose."""
    settled: bool = False
    """True: found out after a silence or a restart."""
    by: By = "ils"


class RegisterRefused(Fact, frozen=True, tag="register.refused"):
    txn: Txn
    reader: Pseudonym
    fault: FaultNumber


class RegisterAbandoned(Fact, frozen=True, tag="register.abandoned"):
    txn: Txn
    reader: Pseudonym
    by: By = "ils"
    unclear: bool = False
    """True: nobody here can ask for the reader, the number is gone with a damaged page: for staff."""
