"""Central's secrets: files in the state folder, made once by `shuwu-central init`, never in the tree.

    signing.key   Ed25519, PKCS 8 in PEM: signs watermarks and orders
    sealing.key   X25519, PKCS 8 in PEM: kiosks seal to it the card of a transaction that staff may have to settle
    readers.key   32 random octets: readers' pseudonyms are hashed with it before they are stored, and
                  the numbers of their ID cards with another key that is made of it
    web.key       32 random octets: the web's sessions are signed with it

The folder is 0700, each file 0600. A process that needs a secret refuses to start when one is missing
or when others may read it. Losing `readers.key` cuts the thread between old and new facts of a reader, and nobody
is found by an ID card any more; losing `sealing.key` leaves nobody who can read the cards that were sealed to it.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from central.config import ConfigError

SIGNING = "signing.key"
SEALING = "sealing.key"
READERS = "readers.key"
WEB = "web.key"
SECRET_OCTETS = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Keys:
    """What central knows and nobody else does. Its repr shows nothing."""

    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey
    readers: bytes
    web: bytes

    @property
    def id_cards(self) -> bytes:
        """The secret for numbers of ID cards: of the same file, and no pseudonym tells anything of it."""
        return hmac.digest(self.readers, b"shuwu/1 id card", "sha256")

    def __repr__(self) -> str:
        return "Keys(…)"


def make(state: Path) -> list[str]:
    """Make the folder and the secrets that are missing; those that exist stay. Returns the names made."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    state.chmod(0o700)
    return [name for name, secret in _MINT.items() if write_private(state / name, secret())]


def load(state: Path) -> Keys:
    """The secrets in `state`.

    Raises:
        ConfigError: one is missing, damaged, or open to others; the message names the file.
    """
    signing, sealing = _private(state / SIGNING), _private(state / SEALING)
    if not isinstance(signing, Ed25519PrivateKey):
        raise ConfigError(f"{state / SIGNING}: not an Ed25519 key in PEM")
    if not isinstance(sealing, X25519PrivateKey):
        raise ConfigError(f"{state / SEALING}: not an X25519 key in PEM")
    return Keys(signing, sealing, _secret(state / READERS), _secret(state / WEB))


def write_private(path: Path, octets: bytes) -> bool:
    """Write a new file that its owner alone may read; False where it exists already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    return True


def _signing_pem() -> bytes:
    return _pem(Ed25519PrivateKey.generate())


def _sealing_pem() -> bytes:
    return _pem(X25519PrivateKey.generate())


def _pem(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _random() -> bytes:
    return secrets.token_bytes(SECRET_OCTETS)


_MINT = {SIGNING: _signing_pem, SEALING: _sealing_pem, READERS: _random, WEB: _random}


def _private(path: Path) -> object:
    """The private key in a PEM file; None where there is none in it."""
    octets = _read(path)
    try:
        return load_pem_private_key(octets, password=None)
    except (ValueError, UnsupportedAlgorithm):
        return None


def _secret(path: Path) -> bytes:
    octets = _read(path)
    if len(octets) != SECRET_OCTETS:
        raise ConfigError(f"{path}: {len(octets)} octets, {SECRET_OCTETS} meant")
    return octets


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        octets = path.read_bytes()
    except OSError as cause:
        raise ConfigError(f"{path}: {cause.strerror}; `shuwu-central init` makes it") from None
    if mode & OTHERS:
        raise ConfigError(f"{path}: open to others; chmod 600 it")
    return octets
