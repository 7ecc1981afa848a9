"""Central's configuration: one TOML file, one frozen value, handed in.

An unknown key, a wrong type or a missing secret is an error that names its path in the file.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

Port = Annotated[int, Meta(ge=1, le=65535)]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ConfigError(ValueError):
    """What is wrong with the configuration, in one line that names file and key."""


class Mqtt(Struct, frozen=True, forbid_unknown_fields=True):
    """The broker. Without `ca` the line is plain, which is refused anywhere but on loopback."""

    host: str = "127.0.0.1"
    port: Port = 1883
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Web(Struct, frozen=True, forbid_unknown_fields=True):
    host: str = "127.0.0.1"
    port: Port = 8000
    behind_proxy: bool = False
    """True: trust one X-Forwarded-For / -Proto hop, send the session cookie over HTTPS only."""


class Sip2(Struct, frozen=True, forbid_unknown_fields=True):
    """The server for self-check machines. Without `certificate` the line is plain."""

    host: str = "127.0.0.1"
    port: Port = 6001
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    """Where set, a terminal must show a certificate of this authority."""
    plain_abroad: bool = False
    """True: a plain line beyond loopback too, for machines that cannot do better. Cards, PINs and passwords
    are readable to that network then."""


class SortBin(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a gateway's sort bins (CL of a 10): the first that fits what came back says the bin.

    What is empty fits anything; a line with nothing but a bin is for all the rest.
    """

    bin: str
    branch: str = ""
    """Where the book came back."""
    alert: str = ""
    """CV: `01` on hold here, `02` on hold elsewhere, `04` in transit, …"""
    destination: str = ""
    """CT"""
    collection: str = ""
    """CR"""
    call_number: str = ""
    """How CS begins."""


class GatewayOffline(Struct, frozen=True, forbid_unknown_fields=True):
    """What machines of other makers may do while their library system is silent."""

    lend: bool = True
    """False: books are taken back and nothing is lent."""
    cap: Annotated[int, Meta(ge=0, le=50)] = 5
    """Books of one reader that the library system does not know of yet."""
    loan_days: Annotated[int, Meta(ge=1, le=365)] = 30
    known_days: Annotated[int, Meta(ge=1, le=365)] = 30
    """How long a reader is remembered as good."""


class Gateway(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One library system that stands behind our SIP2 server, for some branches and all below them."""

    name: Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,31}\Z")]
    """Of its transactions in the database: changed, they are nobody's."""
    host: str
    port: Port = 6001
    branches: Annotated[tuple[str, ...], Meta(min_length=1)]
    dialect: str = "generic"
    overrides: str = ""
    """TOML: keys of the dialect that this library system has otherwise."""
    username: str = ""
    """Empty: the library system wants no login."""
    password_file: Path | None = None
    """Its one line, readable for its owner alone."""
    location: str = ""
    """CP of the login, and AP of a return."""
    locations: dict[str, str] = {}
    """The same by branch, where branches differ: of the branch or the nearest above it. Each has sessions of its own."""
    institution: str = ""
    """AO of what is asked there. Empty: the terminal's branch."""
    institutions: dict[str, str] = {}
    """AO by branch, where branches differ: of the branch or the nearest above it."""
    sessions: Annotated[int, Meta(ge=1, le=64)] = 4
    """Connections at once: as many as the library system allows."""
    timeout_s: Annotated[float, Meta(gt=0, le=8)] = 2.0
    """For one answer. A terminal waits 3 s, and gets its offline answer in the last one. What became of a
    question is concluded 10 s after it, when nobody waits for it any more."""
    keepalive_s: Annotated[float, Meta(gt=0, le=600)] = 30.0
    """An idle connection is asked for its status so often: some systems close it after 60 s."""
    ca: Path | None = None
    """Where set, TLS: the authority of the library system's certificate."""
    server_name: str = ""
    """The name in that certificate, where it is another than `host`."""
    certificate: Path | None = None
    key: Path | None = None
    plain_abroad: bool = False
    """True: a plain line beyond loopback too, for a library system that cannot do better."""
    waive_with: Annotated[str, Meta(pattern=r"\A([0-9A-Z]{2})?\Z")] = ""
    """Payment type (37) by which the library system forgives a fee. Empty: our amnesties change nothing there."""
    offline: GatewayOffline = GatewayOffline()
    bins: tuple[SortBin, ...] = ()


class Lists(Struct, frozen=True, forbid_unknown_fields=True):
    """Where kiosks fetch the bodies of lists. Without `certificate` no list is published and none is served."""

    host: str = "127.0.0.1"
    port: Port = 8443
    certificate: Path | None = None
    key: Path | None = None
    ca: Path | None = None
    """The authority of the kiosks' certificates; needed with `certificate`."""
    crl: Path | None = None
    """Certificates that this authority has revoked, in PEM; read at each start."""
    life_days: Annotated[float, Meta(ge=2, le=60)] = 7
    """A list expires after this; it is made anew each day."""


class Help(Struct, frozen=True, forbid_unknown_fields=True):
    """The duty desk that readers call from a screen."""

    voice: Annotated[str, Meta(pattern=r"\A((https|sip|sips|tel):\S{1,300})?\Z")] = ""
    """Address that connects whoever opens it with the kiosk by voice: `https://pbx.example/call?to={device}`,
    `sip:{device}@pbx.example`. `{device}` and `{call}` are replaced. Empty: there is no voice, the page has text alone."""

    def voice_link(self, device: str, call: int) -> str:
        """The address for one call; empty: there is none."""
        return self.voice.replace("{device}", device).replace("{call}", str(call))


class Alarms(Struct, frozen=True, forbid_unknown_fields=True):
    """Alarms of the rooms."""

    acknowledge_s: Annotated[int, Meta(ge=30, le=3600)] = 300
    """How long one person of the duty list has; then it is the next one's turn."""


class Ledger(Struct, frozen=True, forbid_unknown_fields=True):
    """The built-in ledger."""

    history_days: Annotated[int, Meta(ge=60, le=3660)] = 180
    """After so long nobody knows any more who had borrowed an item, but for readers who keep a history. What
    kiosks tell afterwards may be 60 days old, so that it is no fewer."""


class Payments(Struct, frozen=True, forbid_unknown_fields=True):
    """Who takes the money that readers pay at kiosks."""

    provider: str = ""
    """Name of a plug-in (`central.payments.provider`); empty: nobody, and kiosks offer no payment."""
    code_s: Annotated[int, Meta(ge=30, le=900)] = 180
    """How long a code is good, and a reader's session lasts for it."""
    settings: dict[str, str] = {}
    """What the plug-in asks for, by its own names."""
    secrets: dict[str, Path] = {}
    """Files of its secrets, by its own names; readable for their owner alone."""


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    state: Path
    """Folder of keys and secrets, mode 0700; made by `shuwu-central init`, never in the tree."""
    database: str = ""
    """SQLAlchemy URL; empty: SQLite in `state`. With a password in it the file is for its owner alone."""
    name_zh: str = "书屋"
    name_en: str = "Shuwu"
    """Name of the library network, in every page's head."""
    mqtt: Mqtt = Mqtt()
    web: Web = Web()
    sip2: Sip2 = Sip2()
    lists: Lists = Lists()
    ledger: Ledger = Ledger()
    help: Help = Help()
    alarms: Alarms = Alarms()
    payments: Payments = Payments()
    gateway: tuple[Gateway, ...] = ()

    def database_url(self) -> str:
        """The database that is meant."""
        return self.database or f"sqlite:///{self.state / 'central.db'}"


def load(path: Path) -> Config:
    """The configuration in `path`; relative paths in it start at its folder.

    Raises:
        ConfigError: unreadable, unknown key, wrong type, a plain line beyond loopback, a password in a
            file that others may read.
    """
    try:
        config = msgspec.toml.decode(path.read_bytes(), type=Config, dec_hook=_decoded)
    except OSError as cause:
        raise ConfigError(f"{path}: {cause.strerror}") from None
    except msgspec.MsgspecError as cause:
        raise ConfigError(f"{path}: {cause}") from None
    _refuse_careless(config, path)
    return _anchored(config, path.resolve().parent)


def _refuse_careless(config: Config, path: Path) -> None:
    if config.mqtt.ca is None and config.mqtt.host not in LOOPBACK:
        raise ConfigError(f"{path}: plain MQTT is for loopback alone - at `$.mqtt.ca`")
    sip2 = config.sip2
    if sip2.certificate is None and sip2.host not in LOOPBACK and not sip2.plain_abroad:
        raise ConfigError(f"{path}: plain SIP2 beyond loopback is `plain_abroad = true` - at `$.sip2`")
    _refuse_gateways(config.gateway, path)
    lists = config.lists
    if lists.certificate and not (lists.key and lists.ca):
        raise ConfigError(f"{path}: certificate, key and ca go together - at `$.lists`")
    if urlsplit(config.database).password and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: open to others and holds a password; chmod 600 it - at `$.database`")


def _refuse_gateways(gateways: tuple[Gateway, ...], path: Path) -> None:
    taken: set[str] = set()
    for at, one in enumerate(gateways):
        where = f"at `$.gateway[{at}]`"
        if one.ca is None and one.host not in LOOPBACK and not one.plain_abroad:
            raise ConfigError(f"{path}: plain SIP2 beyond loopback is `plain_abroad = true` - {where}")
        if one.server_name and one.ca is None:
            raise ConfigError(f"{path}: a server_name is for TLS, which needs a ca - {where}")
        if one.locations and not one.location:
            raise ConfigError(f"{path}: beside locations all other branches need a location - {where}")
        if (one.certificate is None) != (one.key is None) or (one.certificate and not one.ca):
            raise ConfigError(f"{path}: certificate and key go together, and with ca - {where}")
        if bool(one.username) != (one.password_file is not None):
            raise ConfigError(f"{path}: username and password_file go together - {where}")
        names = {f"name {one.name}", *(f"branch {branch}" for branch in one.branches)}
        if twice := sorted(names & taken):
            raise ConfigError(f"{path}: {twice[0]} has a gateway already - {where}")
        taken |= names


def _decoded(kind: type, value: object) -> object:
    """Msgspec knows no paths."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"Expected `{kind.__name__}`, got `{type(value).__name__}`")


def _anchored(config: Config, folder: Path) -> Config:
    def at(path: Path | None) -> Path | None:
        return None if path is None else folder / path

    mqtt, sip2, lists, replace = config.mqtt, config.sip2, config.lists, msgspec.structs.replace
    return replace(
        config,
        state=folder / config.state,
        mqtt=replace(mqtt, ca=at(mqtt.ca), certificate=at(mqtt.certificate), key=at(mqtt.key)),
        sip2=replace(sip2, certificate=at(sip2.certificate), key=at(sip2.key), ca=at(sip2.ca)),
        lists=replace(
            lists, certificate=at(lists.certificate), key=at(lists.key), ca=at(lists.ca), crl=at(lists.crl)
        ),
        payments=replace(
            config.payments, secrets={name: folder / path for name, path in config.payments.secrets.items()}
        ),
        gateway=tuple(
            replace(
                one,
                ca=at(one.ca),
                certificate=at(one.certificate),
                key=at(one.key),
                password_file=at(one.password_file),
            )
            for one in config.gateway
        ),
    )
