"""The parts of a wait that nobody can shorten: air, lines, pauses. Pure; every time in milliseconds.

    pad      5 ms pause | request on the line | air | reply on the line        for each command
    scanner  its own look for a card | payload and suffix on the line
    door     the release on the line: the unit cuts the lock's power at its last octet

The air is ISO 15693's, the lines are those of the data sheets, the pauses the manuals'; what a real
device computes beside them is in no number here.
"""

from __future__ import annotations

from functools import cache
from random import Random
from statistics import mean

from drivers.door.registers import RegisterMap
from drivers.emulators import air, modbus_rtu, scanner
from drivers.pad.feig.codec import ADVANCED_HEAD, CRC_OCTETS
from drivers.pad.feig.conversation import PSST_S
from drivers.pad.feig.fields import width_of
from drivers.pad.feig.messages import (
    AskSystemInformation,
    DataSet,
    ReadBlocks,
    SystemInformation,
    TakeInventory,
    WriteAfi,
)
from drivers.pad.feig.settings import FeigSettings

DRAWS = 4000
"""Random piles over which an inventory is averaged: collisions depend on the serial numbers."""
SERIAL_BITS = 40
BLOCKS = FeigSettings("", "").blocks
BLOCK_OCTETS = 5
"""A security octet and four of memory."""
PAUSE_MS = PSST_S * 1000
IDLE_PAUSE_MS = FeigSettings("", "").idle_pause_ms
"""Between two inventories of an empty pad; the pause before the second one lies within it."""
FEIG_BITS = 11
"""Start, 8 data, even parity, stop."""
FEIG_FRAME = ADVANCED_HEAD + CRC_OCTETS
MODBUS_FRAME = 9
"""Of a write: unit, function, first register, count of registers, count of octets, CRC."""


def line_ms(octets: int, baud: int, bits: int) -> float:
    """Octets on a line, so many bits each."""
    return octets * bits / baud * 1000


# ---------------------------------------------------------------- the pad
@cache
def mean_inventory_ms(count: int) -> float:
    """Air time of an inventory, over random tags."""
    dice = Random(count)
    return mean(air.inventory_ms([dice.getrandbits(SERIAL_BITS) for _ in range(count)]) for _ in range(DRAWS))


def frames_ms(baud: int, request: int, reply: int) -> float:
    """Two frames of so many octets beside head and CRC; a reply has a status."""
    return line_ms(FEIG_FRAME + request + FEIG_FRAME + 1 + reply, baud, FEIG_BITS)


def poll_ms(count: int, baud: int, air_ms: float) -> float:
    """One inventory that finds so many tags."""
    found = 1 + count * width_of(DataSet) if count else 0
    return PAUSE_MS + air_ms + frames_ms(baud, width_of(TakeInventory), found)


def read_ms(baud: int) -> float:
    """The content of one book."""
    told = 2 + BLOCKS * BLOCK_OCTETS
    return PAUSE_MS + air.read_ms(BLOCKS) + frames_ms(baud, width_of(ReadBlocks), told)


def change_ms(baud: int) -> float:
    """The AFI of one book, written and read back."""
    written = air.write_afi_ms() + frames_ms(baud, width_of(WriteAfi), 0)
    shown = air.system_information_ms()
    shown += frames_ms(baud, width_of(AskSystemInformation), width_of(SystemInformation))
    return 2 * PAUSE_MS + written + shown


def seen_ms(count: int, baud: int) -> float:
    """One inventory and one reading a book: what no driver that reads each book once can beat."""
    return poll_ms(count, baud, mean_inventory_ms(count)) + count * read_ms(baud)


def laid_ms(count: int, baud: int) -> float:
    """The same from the moment at which a pile is laid down: within the polling of an empty pad."""
    cycle_ms = poll_ms(0, baud, mean_inventory_ms(0)) - PAUSE_MS + IDLE_PAUSE_MS
    return cycle_ms / 2 - PAUSE_MS + seen_ms(count, baud)


def cleared_ms(count: int, baud: int, intent_ms: float, ask_ms: float) -> float:
    """From the moment at which a pile is laid down until the last of its tags is read back as lent.

    The pad does one thing at a time, and the ILS answers one question at a time; the limit is the
    slower of them, or the way of the last book alone.

    Args:
        count: books in the pile.
        baud: of the pad's line.
        intent_ms: an intent to the disk.
        ask_ms: round trip of a checkout.
    """
    others = count - 1
    seen, asked = laid_ms(count, baud), intent_ms + ask_ms
    pad = seen + count * change_ms(baud)
    last_book = seen + asked + change_ms(baud)
    questions = seen - others * read_ms(baud) + asked + others * ask_ms + change_ms(baud)
    return max(pad, last_book, questions)


def apart_ms(count: int, baud: int, intent_ms: float, ask_ms: float) -> float:
    """The same parts one after the other: an intent, a checkout and a change for each book of the pile."""
    return laid_ms(count, baud) + count * (intent_ms + ask_ms + change_ms(baud))


# ---------------------------------------------------------------- the door
def scanned_ms(number: str, baud: int) -> float:
    """From a card shown until the last octet of its number has come."""
    suffix = scanner.EmulatedScannerSettings().suffix
    return scanner.LOOK_S * 1000 / 2 + line_ms(len(number) + len(suffix), baud, scanner.BITS)


def released_ms(baud: int) -> float:
    """From the first octet of a release until the lock's power is cut."""
    points = RegisterMap()
    registers = points.limit_ms.registers + (points.command.registers if points.command else 0)
    return line_ms(MODBUS_FRAME + 2 * registers, baud, modbus_rtu.BITS)
