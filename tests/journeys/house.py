"""A whole kiosk in one process: the real loop, core and journal; a pad, a door and an ILS that answer at once.

The clock is moved by hand, the power can be cut at any effect, and after it the kiosk starts again from its
journal, as it would from its disk.
"""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from msgspec import structs

from drivers.errors import Gone
from drivers.events import (
    CardShown,
    DeviceBack,
    DeviceLost,
    DoorAnswered,
    DoorSensed,
    OutputSwitched,
    PadSettled,
    Spoken,
    TagContent,
    TagGone,
    TagSeen,
    TagSensed,
    TagWritten,
)
from kiosk import config, start
from kiosk.central_events import UplinkChanged, WatermarkMoved
from kiosk.clock import Now
from kiosk.core import Rules
from kiosk.courtesy_effects import Say
from kiosk.effects import (
    AnyEffect,
    AskItem,
    AskLoan,
    AskReader,
    AskReplay,
    AskReturn,
    AskSettle,
    ReleaseDoor,
    SecureDoor,
    SenseTag,
    WriteTag,
)
from kiosk.errand_effects import ErrandQuestion
from kiosk.events import (
    AnyEvent,
    IlsChanged,
    IlsSilent,
    Item,
    ItemAnswered,
    LoanAnswered,
    Reader,
    ReaderAnswered,
    ReturnAnswered,
    Settled,
    Ticked,
    Verdict,
)
from kiosk.fittings import Fittings
from kiosk.journal import Entry, Journal, JournalFailed
from kiosk.knowledge import Lists
from kiosk.lists.standing import Standing
from kiosk.loop import Loop, Windows
from kiosk.room.settings import Room as RoomSettings
from kiosk.room_effects import Switch
from kiosk.secrets import pseudonym
from tests.journeys.affairs import Affairs
from tests.kiosk.fitted import ROOM, without
from wire.envelope import Stamp, UnknownFact, decode_fact
from wire.facts import AnyFact
from wire.faults import number

KEY = bytes(range(32))
SETTLES_S = 15
"""Longer than an ILS that fell silent is given."""
CARD_BLOCKED = number("card_blocked")
CARD_UNKNOWN = number("card_unknown")
PIN_WRONG = number("pin_wrong")
DEVICES = without(ROOM, "gate")
READER = Reader("R0001", pseudonym(KEY, "R0001"), "李明", "adult")
ID_NUMBER = "11010519491231002X"
"""Of the identity card by which the library system finds READER."""
NEIGHBOUR = Reader("R0002", pseudonym(KEY, "R0002"), "王芳", "adult")
READERS = {reader.card: reader for reader in (READER, NEIGHBOUR)}


BOOKS = {f"E{n}": TagContent(f"B00{n}") for n in range(1, 6)} | {
    f"E{5 + part}": TagContent("B006", parts=2, part=part) for part in (1, 2)
}
"""Five books, and a set of two volumes."""


def named(card: str) -> str:
    """The pseudonym of a card."""
    return pseudonym(KEY, card)


def sealed(card: str, txn: str) -> str:
    """Stands for the card that central alone can read."""
    return b64encode(f"{card} {txn}".encode()).decode()


Doing = AskLoan | AskReturn | AskReplay
LATE_MS = 9_000


class PowerCut(BaseException):
    """The power went. Not an Exception: nothing in the kiosk may catch it."""


@dataclass
class World:
    """What is there whether the kiosk has power or not: books, the ILS, the clock."""

    mono_ms: int = 1_000_000
    wall_ms: int = 1_790_000_000_000
    books: dict[str, TagContent] = field(default_factory=lambda: dict(BOOKS))
    """By uid, what its tag says."""
    secured: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(BOOKS, True))
    unwritable: set[str] = field(default_factory=set)
    """Tags whose security cannot be changed."""
    unreadable: set[str] = field(default_factory=set)
    """Tags that do not say their security."""
    pad: bool = True
    """The pad answers."""
    full: bool = False
    """The disk takes nothing."""
    on_pad: list[str] = field(default_factory=list)
    lent: dict[str, str] = field(default_factory=dict)
    """item → card, as the ILS has it."""
    refused: dict[str, int] = field(default_factory=dict)
    """item → fault, what the ILS does not lend."""
    unclear: set[str] = field(default_factory=set)
    """Items of which the ILS tells contradictory things."""
    blocked: set[str] = field(default_factory=set)
    """Cards that the ILS refuses."""
    readers: dict[str, Reader] = field(default_factory=lambda: dict(READERS))
    """By card, as the ILS describes them."""
    pin: str = "123456"
    """Of every reader."""
    no_block: bool = True
    """The ILS takes what has happened already, past its own rules."""
    done: list[tuple[str, str, str]] = field(default_factory=list)
    """What the ILS did, in order: loan or return, item, card."""
    replayed: list[AskReplay] = field(default_factory=list)
    synchronised: bool = False
    """A time service has set the kiosk's clock."""
    silent: bool = False
    """The ILS hears and does what it is asked, and its answer is lost."""
    deaf: bool = False
    """The ILS does not even hear."""
    late: bool = False
    """The ILS does what it is asked 9 s later, when nobody waits for it any more."""
    affairs: Affairs = field(default_factory=Affairs)
    at_work: list[tuple[int, Doing]] = field(default_factory=list)
    """What it will do: when (monotonic), what."""
    releases: int = 0
    offline: config.Offline = field(default_factory=config.Offline)
    journal: config.Journal = field(default_factory=config.Journal)
    """How much the kiosk's journal keeps."""
    keys: tuple[bytes, ...] = (KEY,)
    """What the kiosk has for card numbers at rest; the first encrypts."""
    locked: str = ""
    """Why a key is kept back."""
    registration: config.Registration | None = None
    takes: frozenset[str] = frozenset()
    """Requests that the ILS answers, beside those for books."""
    lists: Lists | None = None
    """Central's lists, as the kiosk has them on its disk."""
    room: RoomSettings = field(default_factory=RoomSettings)
    fittings: Fittings = DEVICES


class Clock:
    boot = "0" * 16

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> Now:
        return Now(self._world.wall_ms, self._world.mono_ms)

    def is_set(self) -> bool:
        return True

    def is_synchronised(self) -> bool:
        return self._world.synchronised


class Hands:
    """Carries effects out on the world; counts them, so that the power can be cut at any of them."""

    def __init__(self, world: World, post: Callable[[AnyEvent], None]) -> None:
        self.world = world
        self.post = post
        self.done = 0
        self.cut_at: int | None = None
        self.cut_after = False
        """Cut when the effect has been carried out and before its answer, not before it."""
        self.deaf_to: tuple[type[AnyEffect], ...] = ()
        """Questions that the ILS does not hear, whatever else it does."""
        self.mute_to: tuple[type[AnyEffect], ...] = ()
        """Questions that it hears and does, and does not answer."""
        self.pad_breaks_at: type[AnyEffect] | None = None
        """The pad is lost while the first effect of this kind is under way."""
        self.slow = False
        """Answers wait in `held` until somebody brings them."""
        self.held: deque[AnyEvent] = deque()
        self.effects: list[AnyEffect] = []

    def do(self, effect: AnyEffect) -> None:
        self.done += 1
        cut = self.done == self.cut_at
        if cut and not self.cut_after:
            raise PowerCut
        self.effects.append(effect)
        if self.pad_breaks_at is type(effect):
            self.pad_breaks_at, self.world.pad = None, False
            self.post(DeviceLost("pad", Gone("unplugged")))
        errand = isinstance(effect, ErrandQuestion)
        answer = (
            self.world.affairs.answer(effect, self.world) if errand else _obeyed(effect) or self._act(effect)
        )
        if cut:
            raise PowerCut
        if answer:
            (self.held.append if self.slow else self.post)(answer)

    def _act(self, effect: AnyEffect) -> AnyEvent | None:
        world = self.world
        match effect:
            case ReleaseDoor() | SecureDoor():
                released = isinstance(effect, ReleaseDoor)
                world.releases += released
                return DoorAnswered("door", "release" if released else "secure")
            case WriteTag() | SenseTag():
                return self._touch(effect)
            case AskReader(ask=ask) | AskItem(ask=ask) if world.silent or world.deaf or world.late:
                return IlsSilent(ask=ask)
            case AskReader():
                return self._identify(effect)
            case AskItem(ask=ask, item=item):
                self.finish(item=item)
                return ItemAnswered(ask, Item(item, f"《{item}》", item in world.lent))
            case AskLoan() | AskReturn() | AskReplay():
                self.finish(item=effect.item)
                return self._circulate(effect)
            case AskSettle():
                return self._settle(effect)
        raise AssertionError(effect)

    def _identify(self, effect: AskReader) -> ReaderAnswered:
        world, card = self.world, effect.card
        if effect.pin and effect.pin != world.pin:
            return ReaderAnswered(effect.ask, None, PIN_WRONG)
        if effect.by == "id_card":
            reader = structs.replace(world.readers[READER.card], shown=card) if card == ID_NUMBER else None
            return ReaderAnswered(
                effect.ask, reader, None if reader else CARD_UNKNOWN, READER.card if reader else ""
            )
        fault = CARD_BLOCKED if card in world.blocked else None if card in world.readers else CARD_UNKNOWN
        return ReaderAnswered(effect.ask, None if fault else world.readers[card], fault, card)

    def _touch(self, effect: WriteTag | SenseTag) -> AnyEvent:
        world, uid = self.world, effect.uid
        gone = None if world.pad and uid in world.on_pad else Gone("no answer")
        if isinstance(effect, SenseTag):
            error = Gone("no answer") if uid in world.unreadable else gone
            return TagSensed("pad", uid, None if error else world.secured[uid], error)
        if gone or uid in world.unwritable:
            return TagWritten("pad", uid, effect.secured, Gone("no answer"))
        world.secured[uid] = effect.secured
        return TagWritten("pad", uid, effect.secured)

    def _circulate(self, effect: Doing) -> AnyEvent:
        world, txn = self.world, effect.txn
        if world.deaf or isinstance(effect, self.deaf_to):
            return IlsSilent(txn=txn)
        if world.late:
            world.at_work.append((world.mono_ms + LATE_MS, effect))
            return IlsSilent(txn=txn)
        answer = self._obey(effect)
        return IlsSilent(txn=txn) if world.silent or isinstance(effect, self.mute_to) else answer

    def _obey(self, effect: Doing) -> AnyEvent:
        """The ILS does what it is asked."""
        replay = isinstance(effect, AskReplay)
        if isinstance(effect, AskReplay):
            self.world.replayed.append(effect)
        forced = replay and self.world.no_block
        if isinstance(effect, AskReturn) or (isinstance(effect, AskReplay) and effect.kind == "return"):
            return self._take_back(effect, forced=forced)
        return self._lend(effect, effect.card, forced=forced)

    def finish(self, *, item: str = "") -> None:
        """The ILS does what it is late with: what is due by now, or all about one item."""
        world, left = self.world, []
        for due_ms, effect in world.at_work:
            if due_ms <= world.mono_ms or effect.item == item:
                self._obey(effect)
            else:
                left.append((due_ms, effect))
        world.at_work = left

    def _lend(self, effect: AskLoan | AskReplay, card: str, *, forced: bool = False) -> LoanAnswered:
        world, item = self.world, effect.item
        fault = None if forced else world.refused.get(item)
        if item in world.lent:
            fault = number("already_yours" if world.lent[item] == card else "lent_to_other")
        if fault is None:
            world.lent[item] = card
            world.done.append(("loan", item, card))
        return LoanAnswered(effect.txn, fault, f"《{item}》", "I247.57/1", "2026-12-22", forced=forced)

    def _take_back(self, effect: AskReturn | AskReplay, *, forced: bool = False) -> ReturnAnswered:
        world, item = self.world, effect.item
        card = world.lent.pop(item, None)
        if card is not None:
            world.done.append(("return", item, card))
        return ReturnAnswered(effect.txn, None, f"《{item}》", "I247.57/1", "shiqiao", forced=forced)

    def _settle(self, effect: AskSettle) -> AnyEvent:
        world = self.world
        if world.silent or world.deaf or world.late or isinstance(effect, self.deaf_to):
            return Settled(effect.txn, Verdict.SILENT)
        assert not any(doing.txn == effect.txn for _, doing in world.at_work), "judged too soon"
        lent = effect.item in world.lent
        if effect.item in world.unclear or (effect.kind == "loan" and lent and not effect.card):
            return Settled(effect.txn, Verdict.UNCLEAR)
        done = world.lent.get(effect.item) == effect.card if effect.kind == "loan" else not lent
        return Settled(effect.txn, Verdict.DONE if done else Verdict.NEVER, f"《{effect.item}》")


def _obeyed(effect: AnyEffect) -> AnyEvent | None:
    """What boards and voices answer."""
    match effect:
        case Switch(device=device, output=output, on=on):
            return OutputSwitched(device, output, on)
        case Say(prompt=prompt):
            return Spoken("voice", prompt)
    return None


class Disk(Journal):
    """The real journal, on a disk that may be full."""

    world: World

    @classmethod
    def of(cls, folder: Path, world: World) -> Disk:
        key, *older = world.keys
        path = folder / "journal.db"
        disk = cls.open(path, key, seal=sealed, limits=world.journal, older=tuple(older))
        assert isinstance(disk, Disk)
        disk.locked = world.locked
        disk.world = world
        return disk

    def append(self, entries: Sequence[Entry], stamp: Stamp) -> int:
        if self.world.full:
            raise JournalFailed("no space left on device")
        return super().append(entries, stamp)


class Kiosk:
    """The kiosk with power. After a PowerCut make another one on the same folder and world."""

    hands_of: type[Hands] = Hands

    def __init__(self, folder: Path, world: World) -> None:
        self.world = world
        self.clock = Clock(world)
        self.journal = Disk.of(folder, world)
        self.journal._db.execute("PRAGMA synchronous = OFF")  # it is our process that never really dies
        self.lying: list[str] = []
        """What the pad's driver has told of."""
        self.told: deque[AnyEvent] = deque()
        self.hands = self.hands_of(world, self.told.append)
        settings = config.Config(
            device="shiqiao-room",
            state=folder,
            ils=config.Ils(host="127.0.0.1", port=6001, user="u", password_file=folder / "p"),
            central=config.Central(public_key=""),
            desk=config.Desk(),
            room=world.room,
            registration=world.registration,
        )
        run = f"{self.journal.head:08x}"
        start.record(self.journal, start.untold(self.journal), self.clock, "test")
        now, untold = self.clock.now(), start.untold(self.journal)
        self.rules = Rules(config.Desk(), world.room, world.offline, named, registration=world.registration)
        self.loop = Loop(
            SimpleQueue(),
            start.restore(settings, self.journal, untold, world.fittings, run, now, self.clock.boot),
            self.rules,
            self.journal,
            self.hands,  # type: ignore[arg-type] - the same verbs on another world
            self.clock,
            Windows(lambda *_: None, lambda: None, lambda: None),
        )
        if world.lists:
            self.loop.kiosk = structs.replace(self.loop.kiosk, lists=Standing(world.lists))

    def boot(self) -> None:
        """Devices answer, the ILS and central are there, what lies on the pad is seen."""
        for device in sorted(self.world.fittings.by_name.keys() - ({"pad"} if not self.world.pad else set())):
            self.happen(DeviceBack(device, device))
        self.happen(DoorSensed("door", False, False, False, False, 0))
        self.happen(UplinkChanged(broker=True, central=True))
        self._poll()
        self._settle()
        up = not (self.world.silent or self.world.deaf or self.world.late)
        self.happen(IlsChanged(up=up, takes=self.world.takes))

    def boot_and_settle(self) -> None:
        """With time enough for what is owed."""
        self.boot()
        self.pass_s(SETTLES_S)

    def happen(self, event: AnyEvent) -> None:
        """One event and everything that follows from it."""
        self.told.append(event)
        while self.told:
            self.loop.turn(self.told.popleft())

    def hear_central(self, seq: int, off_ms: int = 0) -> None:
        """A watermark of a central whose clock is so far before the kiosk's."""
        now = self.clock.now()
        self.happen(WatermarkMoved(seq, now.wall_ms + off_ms - now.mono_ms))

    def pass_s(self, seconds: float) -> None:
        end = self.world.mono_ms + int(seconds * 1000)
        while self.world.mono_ms < end:
            due = self.deadline_ms()
            target = end if due is None else min(max(due, self.world.mono_ms + 1), end)
            late = [due_ms for due_ms, _ in self.world.at_work if self.world.mono_ms < due_ms < target]
            target = min([target, *late])
            self.world.wall_ms += target - self.world.mono_ms
            self.world.mono_ms = target
            self.hands.finish()
            self.happen(Ticked())

    def deadline_ms(self) -> int | None:
        """When time itself will next change anything."""
        return self.loop.due_ms(self.clock.now())

    def card(self, number: str = READER.card, device: str = "scanner") -> None:
        self.happen(CardShown(device, number, "card"))

    def lay(self, uid: str) -> None:
        self.world.on_pad.append(uid)
        self._poll()

    def lift(self, uid: str) -> None:
        self.world.on_pad.remove(uid)
        self._poll()

    def lift_all(self) -> None:
        for uid in tuple(self.world.on_pad):
            self.lift(uid)

    def lose_pad(self) -> None:
        self.world.pad = False
        self.happen(DeviceLost("pad", Gone("unplugged")))

    def find_pad(self) -> None:
        self.world.pad = True
        self.happen(DeviceBack("pad", "pad"))
        self._poll()
        self._settle()

    def _settle(self) -> None:
        """The driver says that it has told of all that lies there."""
        if self.world.pad:
            self.happen(PadSettled("pad"))

    def _poll(self) -> None:
        """The driver tells of what has come and gone since it last could; of what stayed it says nothing."""
        if not self.world.pad:
            return
        for uid in [uid for uid in self.lying if uid not in self.world.on_pad]:
            self.lying.remove(uid)
            self.happen(TagGone("pad", uid))
        for uid in [uid for uid in self.world.on_pad if uid not in self.lying]:
            self.lying.append(uid)
            self.happen(TagSeen("pad", uid, self.world.books[uid]))

    def next_txn(self) -> str:
        """What the desk will call its next transaction."""
        session = self.loop.kiosk.session
        assert session
        return f"{session.run}{session.ask + 2:08x}"

    def facts(self) -> list[AnyFact]:
        rows = [decode_fact(row.fact) for row in self.journal.since(0, 10_000)]
        return [fact for fact in rows if not isinstance(fact, UnknownFact)]

    def kinds(self) -> list[str]:
        return [str(type(fact).__struct_config__.tag) for fact in self.facts()]

    def power_off(self) -> None:
        """What the disk has is what is left."""
        self.journal.close()
