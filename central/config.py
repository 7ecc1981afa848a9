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
    lists = config.lists
    if lists.certificate and not (lists.key and lists.ca):
        raise ConfigError(f"{path}: certificate, key and ca go together - at `$.lists`")
    if urlsplit(config.database).password and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path}: open to others and holds a password; chmod 600 it - at `$.database`")


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
    )
