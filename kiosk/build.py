"""The only place where concrete classes meet: from one configuration to a kiosk that can run."""

from __future__ import annotations

import secrets as chance
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from queue import SimpleQueue
from typing import cast

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace

from drivers.configured import Configured
from drivers.device import CardReader, Device, Door, Outputs, Pad, Printer, Voice
from drivers.errors import Misuse
from drivers.kit import driver
from drivers.pump import Pump
from drivers.slip import Slip
from kiosk import certificates, receipt, reporting, start
from kiosk import config as settings
from kiosk.attendants import Attendants
from kiosk.catalogue import Catalogue
from kiosk.central_events import NewsCame
from kiosk.clock import Clock, Now, SystemClock
from kiosk.config import Config, ConfigError
from kiosk.core import Kiosk, Rules
from kiosk.courtesy_effects import Receipt
from kiosk.covers import Covers
from kiosk.daemon import Daemon
from kiosk.effects import Place
from kiosk.events import AnyEvent, IlsChanged
from kiosk.fittings import Fittings
from kiosk.hands import Hands
from kiosk.idle.keeper import Keeper as IdleKeeper
from kiosk.ils import Ils
from kiosk.journal import Journal, JournalFailed, JournalTooNew
from kiosk.knowledge import Lists
from kiosk.lists.keeper import Keeper
from kiosk.loop import Loop, Windows
from kiosk.room.settings import Room as RoomSettings
from kiosk.screen.app import Screen
from kiosk.screen.pulse import Pulse
from kiosk.screen.settings import settings as screen_settings
from kiosk.screen.words import Texts
from kiosk.secrets import Secrets, open_state, pseudonym
from kiosk.service.hands import ServiceHands
from kiosk.service.pins import Pins
from kiosk.signals import Shown, signals
from kiosk.uplink import Uplink
from wire import sealing, signing
from wire.condition import Condition

Post = Callable[[AnyEvent], None]

log = structlog.get_logger(__name__)


def build(config: Config, clock: Clock | None = None) -> Daemon:
    """A kiosk as the configuration has it, not yet started.

    Raises:
        ConfigError: a secret that is missing or readable by others, settings of a device that contradict, a line of
            staff that keeps no PIN.
        JournalTooNew: a newer program wrote the journal.
    """
    clock = clock or SystemClock()
    central = signing.public_key(config.central.public_key)
    keys = open_state(config.state)
    journal = _journal(config, keys)
    queue: SimpleQueue[AnyEvent] = SimpleQueue()
    identity = _identity(config, clock, journal)
    ask = Catalogue(config.central).ask if config.screen.catalogue else None
    news = _news(config, queue.put)
    shown = screen_settings(config)
    covers = Covers(config.central, config.state / "covers", news.shelf.cover) if news else None
    screen = Screen(shown, queue.put, ask, covers)
    uplink = Uplink(config.mqtt, config.device, journal, central, clock, queue.put)
    devices = _devices(config)
    conversations = _conversations(config, keys, queue.put)
    pulse = Pulse()
    fittings = config.fittings
    untold = start.untold(journal)
    kiosk = start.restore(config, journal, untold, fittings, chance.token_hex(4), clock.now(), clock.boot)
    lists = _keeper(config, central, kiosk, queue.put)
    hands = _hands(config, conversations, devices, lists, shown.texts, queue.put)
    tell = _teller(screen, uplink, identity, lamps(devices, fittings), news)
    windows = Windows(tell, uplink.kick, pulse.beat)
    loop = Loop(queue, kiosk, _rules(config, keys), journal, hands, clock, windows)
    pumps = tuple(Pump(device, queue.put) for device in devices.values())
    return Daemon(
        config.state,
        clock,
        identity,
        journal,
        untold,
        loop,
        uplink,
        screen,
        tuple(filter(None, conversations)),
        pumps,
        pulse,
        lists,
        news,
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


def _teller(
    screen: Screen,
    uplink: Uplink,
    identity: Condition,
    show: Callable[[Kiosk], None],
    news: IdleKeeper | None,
) -> Callable[[Kiosk, Now], None]:
    """After each step: screen and lamps show the state, central is told a condition that has changed.

    Lists that are new say that something is at central: what is shown there is asked for too.
    """
    told: list[Condition] = []
    lists: list[Lists] = []

    def tell(kiosk: Kiosk, now: Now) -> None:
        screen.show(reporting.snapshot(kiosk, now))
        show(kiosk)
        condition = reporting.condition(kiosk, identity)
        if told != [condition]:
            told[:] = [condition]
            uplink.tell(condition)
        if news and kiosk.lists and lists != [kiosk.lists.lists]:
            lists[:] = [kiosk.lists.lists]
            news.look()

    return tell


def _keeper(config: Config, central: Ed25519PublicKey, kiosk: Kiosk, post: Post) -> Keeper | None:
    """Fetches lists; None where the configuration does not say from where."""
    if kiosk.lists is None:
        return None
    return Keeper(config.central, config.state / "lists", config.device, central, kiosk.lists.highest, post)


def _rules(config: Config, keys: Secrets) -> Rules:
    """What of the configuration the tables know."""
    return Rules(
        config.desk or settings.Desk(),
        _room_rules(config),
        config.offline,
        _namer(keys),
        config.screen.reader_types,
        registration=config.registration,
        staff=frozenset(card.card for card in config.service.staff),
        certificates=certificates.read(config),
    )


def _room_rules(config: Config) -> RoomSettings:
    """The room's, with the languages in which it speaks: the screen's, where it names none of its own."""
    room = config.room or RoomSettings()
    languages = room.closing.languages or config.screen.languages
    return replace(room, closing=replace(room.closing, languages=languages))


def _service(config: Config, devices: Mapping[str, Device], post: Post) -> ServiceHands:
    """What staff at the machine need."""
    try:
        pins = Pins({card.card: card.pin for card in config.service.staff}, post)
    except ValueError as cause:
        raise ConfigError(f"{cause} - at `$.service.staff`") from None
    pad = cast("Pad | None", _only(devices, config.fittings.names("pad")))
    return ServiceHands(config.service, pins, pad, config.state / "tags.json")


def _news(config: Config, post: Post) -> IdleKeeper | None:
    """Fetches what the idle screen shows; None where there is no desk, or no central to ask."""
    if not (config.desk and config.central.url):
        return None
    return IdleKeeper(config.central, config.state / "idle", lambda news: post(NewsCame(news)))


# ---------------------------------------------------------------- the ILS
def _namer(keys: Secrets) -> Callable[[str], str]:
    """Pseudonyms of cards; the key stays in here."""

    def named(card: str) -> str:
        return pseudonym(keys.pseudonyms, card)

    return named


def _hands(
    config: Config,
    conversations: tuple[Ils | None, Ils | None],
    devices: Mapping[str, Device],
    lists: Keeper | None,
    words: Callable[[str], Texts],
    post: Post,
) -> Hands:
    """What carries out effects, as far as it is fitted here."""
    (desk, door), names = conversations, config.fittings.names
    return Hands(
        desk,
        door,
        cast("Pad | None", _only(devices, names("pad"))),
        cast("Door | None", _only(devices, names("door"))),
        lists,
        _attendants(config, devices, words),
        _service(config, devices, post),
        {name: cast("Outputs", devices[name]) for name in names("outputs")},
    )


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
    return {name: _made(name, device) for name, device in config.devices.items()}


def _made(name: str, device: Configured) -> Device:
    try:
        return driver(device.driver).make(name, device.settings)
    except Misuse as cause:
        raise ConfigError(f"{cause} - at `$.devices.{name}`") from None


def _attendants(config: Config, devices: Mapping[str, Device], words: Callable[[str], Texts]) -> Attendants:
    """Printer and voices, and how a slip is written here."""
    fittings, screen = config.fittings, config.screen
    head = receipt.Letterhead(screen.title, screen.slip_line)

    def written(done: Receipt, language: str) -> Slip:
        return receipt.slip(done, words(language), head)

    return Attendants(
        cast("Printer | None", _only(devices, fittings.names("printer"))),
        {fittings.by_name[name].place: cast("Voice", devices[name]) for name in fittings.names("voice")},
        written,
        screen.languages[0],
    )


def lamps(devices: Mapping[str, Device], fittings: Fittings) -> Callable[[Kiosk], None]:
    """Lets each card device show what is new at its place."""
    readers = {name: cast("CardReader", devices[name]) for name in fittings.names("card")}
    told: dict[Place, Shown] = {}

    def show(kiosk: Kiosk) -> None:
        for place, shown in signals(kiosk).items():
            if told.get(place) == shown:
                continue
            told[place] = shown
            for name, reader in readers.items():
                if fittings.by_name[name].place == place:
                    reader.signal(shown[0])

    return show


def _only(devices: Mapping[str, Device], names: frozenset[str]) -> Device | None:
    """The one of a kind; its driver says what it can do, and the configuration that there are not two."""
    return next((devices[name] for name in names), None)
