"""The kiosk's configuration: one TOML file, one frozen value, handed in.

An unknown key, a wrong type or a missing secret is an error that names its path in the file.
Secrets stand in files of their own, mode 0600, and are named here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct, field

from drivers import toml
from drivers.configured import Configured, configured
from drivers.errors import Misuse
from drivers.kit import Kind, driver
from kiosk.events import Mode
from kiosk.fittings import Fitting, Fittings
from kiosk.room.contradictions import contradictions
from kiosk.room.settings import Room
from kiosk.service.settings import Service
from wire import sealing
from wire.envelope import Malformed
from wire.ids import DeviceId
from wire.signing import public_key

Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=600)]
SINGLE: tuple[Kind, ...] = ("pad", "door", "counter")
"""Of these a kiosk has one at most: their events do not say which of two it was."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Language = Literal["zh-CN", "en", "ug-Arab", "kk-Arab", "mn-Mong"]
"""What the screen speaks (BCP 47); a script is named where a language has several."""


class ConfigError(ValueError):
    """What is wrong with the configuration, in one line that names file and key."""


class Mqtt(Struct, frozen=True, forbid_unknown_fields=True):
    """The broker. Without `ca` the line is plain, which is refused anywhere but on loopback."""

    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    port: Port = 1883
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Ils(Struct, frozen=True, forbid_unknown_fields=True):
    """The SIP2 server that lends."""

    host: Annotated[str, Meta(min_length=1)]
    port: Port
    user: Annotated[str, Meta(min_length=1)]
    password_file: Path
    institution: str = ""
    location: str = ""
    dialect: str = "shuwu"
    overrides: str = ""
    """Keys of the dialect that this library has otherwise, in TOML; docs/ils.md lists them."""
    desk_timeout_s: Seconds = 3.0
    """The desk gives up after this silence and owes the answer."""
    door_timeout_s: Seconds = 2.0
    """The door does so after this one: nobody waits longer in the rain."""
    ca: Path | None = None
    """The authority of the ILS's certificate; with it the line is TLS."""
    certificate: Path | None = None
    key: Path | None = None
    server_name: str = ""
    """The name in the ILS's certificate, where it is not `host`."""


class Central(Struct, frozen=True, forbid_unknown_fields=True):
    public_key: str
    """base64 of central's Ed25519 key; orders, watermarks and lists are checked with it."""
    sealing_key: str = ""
    """base64 of central's X25519 key, to which cards in owed transactions are sealed; empty: they carry none."""
    url: str = ""
    """`https://central.example:8443`, where the bodies of lists are fetched; empty: this kiosk takes no lists."""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Offline(Struct, frozen=True, forbid_unknown_fields=True):
    """What the kiosk does by its own rule while the ILS is silent."""

    lend: bool = True
    """False: it takes returns, and lends nothing."""
    cap: Annotated[int, Meta(ge=1, le=100)] = 5
    """Books that one reader may have on loans that the ILS does not know yet."""
    loan_days: Annotated[int, Meta(ge=1, le=365)] = 30
    known_days: Annotated[float, Meta(gt=0, le=365)] = 30
    """How long a reader whom the ILS once called good is remembered as one."""
    alarm_h: Annotated[float, Meta(gt=0, le=720)] = 4
    """What is owed for longer is an alarm: it will pass the ILS's lending rules by."""


class Journal(Struct, frozen=True, forbid_unknown_fields=True):
    """How much the kiosk keeps."""

    facts: Annotated[int, Meta(ge=1000, le=10_000_000)] = 400_000
    """Facts that may wait for central; about 300 octets each. At 80 % an alarm, at 95 % no new session."""
    retention_days: Annotated[float, Meta(ge=1, le=366)] = 30
    """How long facts stay after central has them, for a central that is restored from a backup."""


def _reader_types() -> dict[str, tuple[Mode, ...]]:
    return {"视障": ("elder", "voice"), "视障读者": ("elder", "voice")}


Colour = Annotated[str, Meta(pattern=r"\A#[0-9a-f]{6}\Z")]


class Colours(Struct, frozen=True, forbid_unknown_fields=True):
    """A branch's own; both must be readable (WCAG 2.2 AA), or the kiosk says why and does not start."""

    accent: Colour = "#a63a26"
    """The seal beside the title, the way to borrow, what has the focus."""
    ground: Colour = "#f7f1e5"
    """Behind everything."""


class Screen(Struct, frozen=True, forbid_unknown_fields=True):
    host: Literal["127.0.0.1", "::1"] = "127.0.0.1"
    """Loopback alone: the screen is the machine's own browser."""
    port: Port = 8080
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("zh-CN", "en")
    """What readers choose from; the first one stands there whenever nobody has chosen."""
    diagonal_inch: Annotated[float, Meta(ge=3, le=120)] | None = None
    """Of the screen's glass: what is touched is then 15 mm wide and high at least, else 64 px."""
    reader_types: dict[str, tuple[Mode, ...]] = field(default_factory=_reader_types)
    """Name of a reader type, as the library system has it → what their card switches on: `elder`, `contrast`, `voice`."""
    title: str = "自助借还"
    slip_line: Annotated[str, Meta(max_length=100)] = ""
    """At the foot of every slip: the branch's telephone, its hours."""
    phone: Annotated[str, Meta(max_length=40)] = ""
    """What a reader who calls for help may telephone; shown when nobody can be reached."""
    texts: dict[Language, dict[str, Any]] = {}
    """The branch's own words by language, in the place of any of `kiosk/screen/texts/`; docs/branch.md."""
    colours: Colours = Colours()
    logo: Path | None = None
    """A PNG or a plain SVG of 64 KiB at most, in the place of the book beside the title."""
    catalogue: bool = False
    """Offer central's catalogue to whoever looks for a book; needs `central.url`."""


Offer = Literal["account", "renew", "renew_all", "hold", "pin", "pay", "print", "scan", "help", "survey"]
"""What a desk offers besides lending and taking back, where its ILS has the messages for it."""
USUAL: frozenset[Offer] = frozenset(get_args(Offer)) - {"pay"}
"""Payment needs a provider at central."""


class Desk(Struct, frozen=True, forbid_unknown_fields=True):
    idle_s: Seconds = 45.0
    """A session ends after this silence, whatever lies on the pad."""
    warn_s: Seconds = 20.0
    """The screen warns for this long before."""
    notice_s: Seconds = 8.0
    """How long a refusal stays on an idle screen."""
    goodbye_s: Seconds = 6.0
    """How long the goodbye stays on an idle screen; whoever begins anything ends it."""
    voice: Literal["off", "prompts", "guide"] = "off"
    """What the voice says where nobody has switched it on: alarms alone; what somebody must do; every step."""
    tag_tries: Annotated[int, Meta(ge=1, le=20)] = 5
    """Writes of a tag's security before staff are told."""
    offers: frozenset[Offer] = USUAL
    """Buttons that readers see; one whose ILS has not the message for it is never shown."""


class AgedType(Struct, frozen=True, forbid_unknown_fields=True):
    """The reader type of who registers at this age."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    """As the ILS calls it."""
    from_age: Annotated[int, Meta(ge=0, le=120)] = 0
    """Full years, up to the next type's."""


class Registration(Struct, frozen=True, forbid_unknown_fields=True):
    """Who has no card becomes a reader at this desk, by their identity card."""

    version: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z._-]{1,32}\Z")]
    """Of the terms; the ILS stores which one was accepted, and when."""
    terms: dict[Language, Annotated[str, Meta(min_length=1, max_length=20_000)]]
    """What is accepted, by language; a blank line parts paragraphs. Others are shown the screen's first language."""
    guardian_below: Annotated[int, Meta(ge=0, le=18)] = 14
    """Full years; who is younger needs a guardian who is a reader. 0: nobody does."""
    types: tuple[AgedType, ...] = ()
    """Reader types by age; empty: the ILS chooses. What age does not tell (视障 …) staff enter."""
    idle_s: Seconds = 60.0
    """A registration ends after this silence; the terms are given three times as long."""
    warn_s: Seconds = 20.0
    """The screen warns for this long before."""


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    device: DeviceId
    state: Path
    """Folder of the journal and of this kiosk's own keys, mode 0700."""
    ils: Ils
    central: Central
    zone: str = "Asia/Shanghai"
    """Civil time of slips, of SIP2, and of dates where no list of hours names a zone (IANA); whatever the machine's own is."""
    mqtt: Mqtt = Mqtt()
    offline: Offline = Offline()
    journal: Journal = Journal()
    screen: Screen = Screen()
    desk: Desk | None = None
    """Present: the kiosk is a self-service desk; needs a pad, and a card reader or scanner at the desk. Without a pad it
    registers readers, and needs `registration`: the machine outside the door of a room.
    """
    registration: Registration | None = None
    """Present: who has no card registers here; needs a desk with an identity card reader."""
    service: Service = Service()
    room: Room | None = None
    """Present: the kiosk runs the door of a 24-hour room; needs a door, and a card reader or scanner at it."""
    devices: dict[str, Configured] = {}
    """What is plugged in, by the name that events and pages give it; drivers.configured says how it is written."""

    @property
    def fittings(self) -> Fittings:
        """The devices as the tables know them."""
        exits = self.room.counting.exit_readers if self.room else ()
        return Fittings(
            {name: Fitting(d.kind, d.place, d.required, name in exits) for name, d in self.devices.items()}
        )


def load(path: Path) -> Config:
    """The configuration in `path`; relative paths in it start at its folder.

    Raises:
        ConfigError: unreadable, unknown key, wrong type, no such driver, missing secret, no key of central's,
            a role without its devices, plain MQTT beyond loopback.
    """
    try:
        table = toml.read(path)
    except Misuse as cause:
        raise ConfigError(cause.text) from None
    folder = path.resolve().parent
    try:
        devices = configured(table.pop("devices", {}), folder)
        config = msgspec.convert(table, Config, dec_hook=_decoded)
    except (msgspec.MsgspecError, Misuse) as cause:
        raise ConfigError(f"{path}: {cause}") from None
    config = _anchored(msgspec.structs.replace(config, devices=devices), folder)
    for wrong in _contradictions(config):
        raise ConfigError(f"{path}: {wrong}")
    return config


def _contradictions(config: Config) -> list[str]:
    wrong = _roles_without_devices(config)
    wrong += contradictions(config.room, config.devices) if config.room else []
    if config.desk and config.desk.warn_s >= config.desk.idle_s:
        wrong.append("must be less than idle_s - at `$.desk.warn_s`")
    wrong += _registration_contradictions(config)
    if config.mqtt.ca is None and config.mqtt.host not in LOOPBACK:
        wrong.append("plain MQTT is for loopback alone - at `$.mqtt.ca`")
    if gone := _missing(config.ils.password_file):
        wrong.append(f"{gone} - at `$.ils.password_file`")
    if len(set(config.screen.languages)) < len(config.screen.languages):
        wrong.append("one stands there twice - at `$.screen.languages`")
    if config.screen.catalogue and not config.central.url:
        wrong.append("is asked at `central.url`, which is not there - at `$.screen.catalogue`")
    wrong += _tls_contradictions(config.ils, "ils") + _tls_contradictions(config.mqtt, "mqtt")
    return wrong + _central_contradictions(config.central)


def _roles_without_devices(config: Config) -> list[str]:
    """Roles find their devices by kind and place, whatever they are called."""
    found, wrong = config.fittings, []
    outside = {name for name in found.names("card") if found.is_outside(name)}
    at_desk = {name for name in found.names("card") if found.is_at_desk(name)}
    if config.desk is None and config.room is None:
        wrong.append("neither `desk` nor `room`: the kiosk has nothing to do - at `$`")
    if config.desk and not ((found.names("pad") or config.registration) and at_desk):
        wrong.append("a desk needs a pad, and a card reader or scanner at the desk - at `$.devices`")
    if config.room and not (found.names("door") and outside):
        wrong.append("a room needs a door, and a card reader or scanner at the door - at `$.devices`")
    several = ((kind, sorted(found.names(kind))) for kind in SINGLE if len(found.names(kind)) > 1)
    wrong += [f"one {kind} a kiosk, not {' and '.join(names)} - at `$.devices`" for kind, names in several]
    return wrong


def _registration_contradictions(config: Config) -> list[str]:
    wanted, wrong = config.registration, list[str]()
    if wanted is None:
        return wrong
    readers = [d for d in config.devices.values() if d.place == "desk" and driver(d.driver).reads_id_cards]
    if config.desk is None or not readers:
        wrong.append("needs a desk with an identity card reader - at `$.registration`")
    if wanted.warn_s >= wanted.idle_s:
        wrong.append("must be less than idle_s - at `$.registration.warn_s`")
    if config.screen.languages[0] not in wanted.terms:
        wrong.append(f"not in {config.screen.languages[0]} - at `$.registration.terms`")
    return wrong


def _central_contradictions(central: Central) -> list[str]:
    wrong = _tls_contradictions(central, "central")
    try:
        public_key(central.public_key)
    except Malformed as cause:
        wrong.append(f"{cause} - at `$.central.public_key`")
    try:
        if central.sealing_key:
            sealing.public_key(central.sealing_key)
    except Malformed as cause:
        wrong.append(f"{cause} - at `$.central.sealing_key`")
    if central.url and not central.url.startswith("https://"):
        wrong.append("lists are fetched over https - at `$.central.url`")
    if central.url and not (central.ca and central.certificate and central.key):
        wrong.append("needs ca, certificate and key - at `$.central.url`")
    return wrong


def _tls_contradictions(peer: Central | Ils | Mqtt, name: str) -> list[str]:
    files = {"ca": peer.ca, "certificate": peer.certificate, "key": peer.key}
    wrong = [f"{gone} - at `$.{name}.{key}`" for key, p in files.items() if p and (gone := _missing(p))]
    if peer.key and peer.certificate is None:
        wrong.append(f"a key needs its certificate - at `$.{name}.certificate`")
    if isinstance(peer, Ils) and peer.server_name and peer.ca is None:
        wrong.append(f"a name is for TLS, which needs a ca - at `$.{name}.server_name`")
    if peer.certificate and peer.ca is None:
        wrong.append(f"a certificate is for TLS, which needs a ca - at `$.{name}.ca`")
    return wrong


def _missing(path: Path) -> str:
    """Why there is no such file; empty where it is there."""
    try:
        return "" if path.is_file() else f"{path} is {'no file' if path.exists() else 'missing'}"
    except OSError as cause:
        return f"{path}: {cause.strerror}"


def _decoded(kind: type, value: object) -> object:
    """Msgspec knows no paths."""
    if kind is Path and isinstance(value, str):
        return toml.path_in(Path(), value)
    raise TypeError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")


def _anchored(config: Config, folder: Path) -> Config:
    def at(path: Path | None) -> Path | None:
        return None if path is None else folder / path

    mqtt, ils, central, replace = config.mqtt, config.ils, config.central, msgspec.structs.replace
    return replace(
        config,
        state=folder / config.state,
        screen=replace(config.screen, logo=at(config.screen.logo)),
        mqtt=replace(mqtt, ca=at(mqtt.ca), certificate=at(mqtt.certificate), key=at(mqtt.key)),
        central=replace(central, ca=at(central.ca), certificate=at(central.certificate), key=at(central.key)),
        ils=replace(
            ils,
            password_file=folder / ils.password_file,
            ca=at(ils.ca),
            certificate=at(ils.certificate),
            key=at(ils.key),
        ),
    )
