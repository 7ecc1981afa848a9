"""A journal as a kiosk leaves it, and the ways in which a disk spoils it."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

from kiosk.effects import Record, Remember, TakeOrder
from kiosk.journal import Journal
from kiosk.journal.pages import PAGE
from wire.envelope import Stamp
from wire.facts import KioskStarted, LoanAsked, LoanGranted, LoanMade, VisitEntered
from wire.orders import Order, Watermark

KEY = bytes(range(32))
STAMP = Stamp(1_790_000_000_000, 81_234, "9c" * 8, set=True)
READER = "ab" * 16
ORDER = Order(number=7, verb="debt.settle", issued_ms=1, deadline_ms=2)
TAKEN = 60
"""Central holds the facts up to here."""
HEAD = 150
DEBTS = [f"{n:016x}" for n in (40, 100)]
"""Loans without an end: one that central knows of, one that it does not."""


def write(path: Path) -> Journal:
    """A journal of HEAD facts, open."""
    journal = Journal.open(path, KEY)
    journal.append([Record(KioskStarted("0.1.0", journal.id, unclean=False))], STAMP)
    journal.append([Remember("counts", "[41, 40]"), TakeOrder(ORDER)], STAMP)
    while (head := journal.head) < HEAD:
        txn = f"{head:016x}"
        asked = Record(LoanAsked(txn, f"B{head}", READER), card=f"C{head}")
        if txn in DEBTS:
            given = LoanGranted(txn, f"B{head}", READER, title=f"书 {head}", due="2026-12-31")
            journal.append([asked, Record(given)], STAMP)
        elif head % 5 == 0 and head < HEAD - 2:
            journal.append([asked, Record(LoanMade(txn, f"B{head}", READER, title="三" * 60))], STAMP)
        else:
            journal.append([Record(VisitEntered(head, "counter"))], STAMP)
        if head == TAKEN:
            journal.acked(Watermark(journal.id, 5, TAKEN, 1_790_000_000_000))
    for _ in range(3):
        journal.next_session()
    return journal


def unplugged(journal: Journal, path: Path, folder: Path) -> Path:
    """The file and its log as they are on the disk at this moment."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, folder)
    return folder / path.name


def spoil(file: Path, dice: Random) -> set[int]:
    """Overwrite some octets somewhere; the numbers of the pages (from 0) that were touched."""
    octets = bytearray(file.read_bytes())
    size = dice.choice([1, 1, 4, 40, PAGE, 3 * PAGE])
    at = dice.randrange(len(octets))
    octets[at : at + size] = dice.randbytes(len(octets[at : at + size]))
    file.write_bytes(octets)
    return set(range(at // PAGE, (at + size - 1) // PAGE + 1))
