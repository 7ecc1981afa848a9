"""The only place where concrete classes meet: from one configuration to a kiosk that can run."""

from __future__ import annotations

import secrets as chance
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from queue import SimpleQueue

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from drivers.device import Device
from drivers.door.unit import DoorSettings, DoorUnit
from drivers.gate.feig_gate import FeigGate
from drivers.line.line import OpenLine
from drivers.line.serial_line import Parity, open_serial
from drivers.pad.feig.pad import FeigPad
from drivers.pad.feig.session import FeigSettings
from drivers.pump import Pump
from drivers.scanner.scanner import Scanner, ScannerSettings
from drivers.tag.security import AfiValues
from kiosk import config as settings
from kiosk import reporting, start
from kiosk.clock import Clock, Now, SystemClock
from kiosk.config import Config
from kiosk.core import Kiosk, Rules
from kiosk.daemon import Daemon
from kiosk.events import AnyEvent, IlsChanged
from kiosk.hands import Hands
from kiosk.ils import Ils
from kiosk.journal import Journal, JournalFailed, JournalTooNew
from kiosk.lists.keeper import Keeper
from kiosk.loop import Loop, Windows
from kiosk.screen.app import Screen
from kiosk.screen.pulse import Pulse
from kiosk.screen.settings import settings as screen_settings
from kiosk.secrets import Secrets, open_state, pseudonym
from kiosk.uplink import Uplink
from wire import sealing, signing
from wire.condition import Condition

Post = Callable[[AnyEvent], None]

log = structlog.get_logger(__name__)


def build(config: Config, clock: Clock | None = None) -> Daemon:
    """A kiosk as the configuration has it, not yet started.

    Raises:
        ConfigError: a secret that is missing or readable by others.
        JournalTooNew: a newer program wrote the journal.
    """
    clock = clock or SystemClock()
    central = signing.public_key(config.central.public_key)
    keys = open_state(config.state)
    journal = _journal(config, keys)
    queue: SimpleQueue[AnyEvent] = SimpleQueue()
    identity = _identity(config, clock, journal)
    screen = Screen(screen_settings(config), queue.put)
    uplink = Uplink(config.mqtt, config.device, journal, central, clock, queue.put)
    devices = _devices(config)
    desk_ils, door_ils = _conversations(config, keys, queue.put)
    pulse = Pulse()
    kiosk = start.restore(config, journal, frozenset(devices), chance.token_hex(4), clock.now())
    lists = _keeper(config, central, kiosk, queue.put)
    pad, door = devices.get("pad"), devices.get("door")
    loop = Loop(
        queue,
        kiosk,
        Rules(
            config.desk or settings.Desk(),
            config.room or settings.Room(),
            config.offline,
            _namer(keys),
        ),
        journal,
        Hands(
            desk_ils,
            door_ils,
            pad if isinstance(pad, FeigPad) else None,
            door if isinstance(door, DoorUnit) else None,
            lists,
        ),
        clock,
        Windows(_teller(screen, uplink, identity), uplink.kick, pulse.beat),
    )
    conversations = tuple(ils for ils in (desk_ils, door_ils) if ils)
    pumps = tuple(Pump(device, queue.put) for device in devices.values())
    return Daemon(
        config.state, clock, identity, journal, loop, uplink, screen, conversations, pumps, pulse, lists
    )


def _journal(config: Config, keys: Secrets) -> Journal:
    """The kiosk's journal; where the disk takes none, one that forgets: the kiosk is Broken, its door is not."""
    path, (key, *older) = config.state / "journal.db", keys.cards
    try:
        journal = Journal.open(
            path, key, seal=_seal(config.central), limits=config.journal, older=tuple(older)
        )
    except JournalTooNew:
        raise
    except JournalFailed as cause:
        log.error("journal failed", cause=str(cause))  # noqa: TRY400 - the cause says it, no trace needed
        return Journal.without_disk(key, str(cause))
    journal.locked = keys.locked
    return journal


def _seal(central: settings.Central) -> Callable[[str, str], str]:
    """Seals cards to central's key; where it has told none, facts carry no card."""
    if not central.sealing_key:
        return lambda _card, _txn: ""
    return partial(sealing.seal, sealing.public_key(central.sealing_key))


def _identity(config: Config, clock: Clock, journal: Journal) -> Condition:
    return Condition(
        session=0,
        state="boot",
        version=version("shuwu"),
        boot=clock.boot,
        journal=journal.id,
        config=reporting.config_digest(config),
    )


def _teller(screen: Screen, uplink: Uplink, identity: Condition) -> Callable[[Kiosk, Now], None]:
    """After each step: the screen is shown the state, central is told a condition that has changed."""
    told: list[Condition] = []

    def tell(kiosk: Kiosk, now: Now) -> None:
        screen.show(reporting.snapshot(kiosk, now))
        condition = reporting.condition(kiosk, identity)
        if told != [condition]:
            told[:] = [condition]
            uplink.tell(condition)

    return tell


def _keeper(config: Config, central: Ed25519PublicKey, kiosk: Kiosk, post: Post) -> Keeper | None:
    """Fetches lists; None where the configuration does not say from where."""
    if kiosk.lists is None:
        return None
    return Keeper(config.central, config.state / "lists", config.device, central, kiosk.lists.highest, post)


# ---------------------------------------------------------------- the ILS
def _namer(keys: Secrets) -> Callable[[str], str]:
    """Pseudonyms of cards; the key stays in here."""

    def named(card: str) -> str:
        return pseudonym(keys.pseudonyms, card)

    return named


def _conversations(config: Config, keys: Secrets, post: Post) -> tuple[Ils | None, Ils | None]:
    """One for the desk and one for the door. With both, the desk's tells whether the ILS is there."""
    named = _namer(keys)

    def at_door(event: AnyEvent) -> None:
        """Whether the door's account may lend and take back is nobody's concern."""
        if not isinstance(event, IlsChanged):
            post(event)
        elif not config.desk:
            post(replace(event, loans=True, returns=True))

    ils = config.ils
    desk = Ils(ils, ils.desk_timeout_s, ils.location, post, named) if config.desk else None
    door = Ils(ils, ils.door_timeout_s, ils.location, at_door, named) if config.room else None
    return desk, door


# ---------------------------------------------------------------- devices
def _devices(config: Config) -> dict[str, Device]:
    """Every device that the configuration names, by that name."""
    made: dict[str, Device] = {}
    plugged = config.devices
    if plugged.pad:
        made["pad"] = FeigPad(
            _pad_settings(plugged.pad), _line(plugged.pad.port, plugged.pad.baud, plugged.pad.parity)
        )
    for name, scanner in (("scanner", plugged.scanner), ("door_scanner", plugged.door_scanner)):
        if scanner:
            made[name] = Scanner(ScannerSettings(name), _line(scanner.port, scanner.baud, "N"))
    if plugged.door:
        door = plugged.door
        made["door"] = DoorUnit(DoorSettings("door", door.unit), _line(door.port, door.baud, door.parity))
    if plugged.gate:
        gate = plugged.gate
        watch = FeigSettings("gate", gate.port, gate.baud, gate.parity, gate.frame)
        made["gate"] = FeigGate(watch, _line(gate.port, gate.baud, gate.parity))
    return made


def _pad_settings(pad: settings.Pad) -> FeigSettings:
    base = FeigSettings("pad", pad.port, pad.baud, pad.parity, pad.frame, blocks=pad.blocks)
    return replace(base, afi=AfiValues(pad.afi_secured, pad.afi_lent))


def _line(port: str, baud: int, parity: Parity) -> OpenLine:
    return partial(open_serial, port, baud, parity)
