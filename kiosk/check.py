"""`shuwu-kiosk --check`: whether a kiosk could start with this configuration. Nothing is opened but files, nothing is kept."""

from __future__ import annotations

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import asdict, replace

from drivers.card.keyfile import read_keys
from drivers.errors import Misuse
from kiosk.build import build
from kiosk.config import Central, Config, ConfigError, Ils, Mqtt


def check(config: Config) -> None:
    """Build the kiosk beside its state and throw it away; read what a start leaves to its lines: certificates, keys.

    Raises:
        ConfigError: it could not start, or one of its lines could never be used.
    """
    _look_at(config.state)
    with TemporaryDirectory(prefix="shuwu-check-") as folder:
        build(replace(config, state=Path(folder) / "state")).journal.close()
    for name, peer in (("mqtt", config.mqtt), ("ils", config.ils), ("central", config.central)):
        _read_certificates(name, peer)
    for name, device in config.devices.items():
        _read_keys(device.settings, f"$.devices.{name}")


def _look_at(state: Path) -> None:
    """It may be missing: the first start makes it."""
    try:
        if state.exists() and not state.is_dir():
            raise ConfigError(f"{state} is no folder - at `$.state`")
    except OSError as cause:
        raise ConfigError(f"{state}: {cause.strerror} - at `$.state`") from None


def _read_certificates(name: str, peer: Mqtt | Ils | Central) -> None:
    key = "ca"
    try:
        context = ssl.create_default_context(cafile=peer.ca) if peer.ca else None
        key = "certificate"
        if context and peer.certificate:
            context.load_cert_chain(peer.certificate, peer.key)
    except OSError as cause:
        why = cause.reason if isinstance(cause, ssl.SSLError) else cause.strerror
        raise ConfigError(f"{getattr(peer, key)}: {why} - at `$.{name}.{key}`") from None


def _read_keys(settings: Struct, where: str) -> None:
    """Whatever is called `key_file`, in a device's settings and the tables in them."""
    for name, value in asdict(settings).items():
        if isinstance(value, Struct):
            _read_keys(value, f"{where}.{name}")
        elif name == "key_file" and isinstance(value, Path):
            try:
                read_keys(value)
            except Misuse as cause:
                raise ConfigError(f"{cause.text} - at `{where}.{name}`") from None
