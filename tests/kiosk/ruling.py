"""What the kiosk decides by itself, for tests of the tables that ask it: nothing is known unless a test says so."""

from __future__ import annotations

from kiosk import config
from kiosk.clock import Now
from kiosk.effects import RaiseFault
from kiosk.events import Reader
from kiosk.knowledge import InForce, Lists
from kiosk.memory import Memory, meet
from kiosk.owed import Owed
from kiosk.rule import JOURNAL_FULL, Rule
from kiosk.station import Station, raise_fault
from wire.hours import Hours
from wire.ids import ListName
from wire.lists import Body, Readers, pack

SALT = bytes(16)
FAR_MS = 2**50
NEVER = Hours("Asia/Shanghai", ((), (), (), (), (), (), ()))


def named(card: str) -> str:
    """The pseudonym of a card: R0001 is 32 times `a`, R0002 `b` …"""
    return chr(ord("a") + int(card[1:]) % 26 - 1) * 32


def rule(now: Now, *, known: tuple[Reader, ...] = (), lists: Lists | None = None, **more: object) -> Rule:
    """A rule that knows these readers and lists; `more` are fields of Rule, `ils_up` and `lending` of its station."""
    memory = Memory()
    for reader in known:
        memory, _ = meet(memory, reader, now, known_days=30)
    health = Station(ils_up=bool(more.pop("ils_up", True)))
    if not more.pop("lending", True):
        health, _ = raise_fault(health, RaiseFault(JOURNAL_FULL), now)
    fields = {
        "offline": config.Offline(),
        "memory": memory,
        "owed": Owed(),
        "station": health,
        "named": named,
    } | more
    return Rule(now=now, lists=lists or Lists(), **fields)


def body(name: ListName, *, readers: tuple[str, ...] = (), items: tuple[str, ...] = (), cap: int = 0) -> Body:
    """A list of these cards and items."""
    groups = (Readers(pack(SALT, "reader", readers), "student", cap),) if readers else ()
    return Body(name, 1, SALT, groups, pack(SALT, "item", items))


def lists(*bodies: Body, expires_ms: int = FAR_MS) -> Lists:
    """These lists in force."""
    return Lists({one.name: InForce(one, expires_ms) for one in bodies})
