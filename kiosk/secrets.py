"""The kiosk's own secrets, and the reading of those that it was given.

    cards.key        32 octets: encrypts card numbers of loans that are not settled yet
    pseudonyms.key   32 octets: turns a card number into the pseudonym that facts carry

Both are minted at the first start, in the state folder. There may be several card keys: the first of these
encrypts, all of them read.

    $CREDENTIALS_DIRECTORY/cards.key   handed in by the unit (LoadCredential, LoadCredentialEncrypted)
    STATE/cards.sealed                 sealed by the machine's TPM 2 (`kiosk.tpm`)
    STATE/cards.key                    in clear: there is no TPM, which would seal it, or it keeps another
                                       key and does not give it out

A sealed key is never replaced. While the TPM keeps it back, what it encrypted waits, and a key in clear serves.

The folder is 0700, a secret 0600 or stricter; what anybody else could read is no secret any more, and the
kiosk does not start with it.
"""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk import disk, tpm
from kiosk.config import ConfigError

KEY_OCTETS = 32
NONCE_OCTETS = 12
"""What AES-GCM is specified with; random, for the few thousand cards that one key ever encrypts."""
MAX_SECRET_OCTETS = 4096
"""A password is one line; a longer file is a wrong path."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO
CARDS = "cards.key"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys; none shows in a repr."""

    cards: tuple[bytes, ...] = field(repr=False)
    """The first encrypts; all of them read what they have encrypted once."""
    pseudonyms: bytes = field(repr=False)
    locked: str = ""
    """Why the TPM does not give out the card key that it keeps; empty: it does, or keeps none."""


def open_state(folder: Path) -> Secrets:
    """The keys in the state folder; folder and keys are made where they are missing.

    Raises:
        ConfigError: folder or key readable by others, a key of the wrong length, no permission.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_exposed(folder, folder.stat().st_mode, "0700")
    except OSError as cause:
        raise ConfigError(f"{folder}: {cause.strerror}") from None
    cards, locked = _card_keys(folder)
    return Secrets(cards, _key(folder / "pseudonyms.key"), locked)


def pseudonym(key: bytes, card: str) -> str:
    """The reader's name in facts: 32 hexadecimal digits of HMAC-SHA256 over the card number."""
    return hmac.digest(key, card.encode(), "sha256").hex()[:32]


def encrypt_card(key: bytes, txn: str, card: str) -> bytes:
    """Nonce, then AES-256-GCM of the card number; it decrypts for this transaction alone."""
    nonce = os.urandom(NONCE_OCTETS)
    return nonce + AESGCM(key).encrypt(nonce, card.encode(), txn.encode())


def decrypt_card(keys: Iterable[bytes], txn: str, octets: bytes) -> str | None:
    """The card number; None where no key here, or another transaction, encrypted it, or it is damaged."""
    for key in keys:
        with suppress(InvalidTag, ValueError):
            return AESGCM(key).decrypt(octets[:NONCE_OCTETS], octets[NONCE_OCTETS:], txn.encode()).decode()
    return None


def read_password(path: Path) -> str:
    """The first line of a file that its owner alone may read.

    Raises:
        ConfigError: missing, empty, not UTF-8, or readable by others; names the path.
    """
    try:
        line = _read(path).decode().splitlines()[0]
    except (UnicodeDecodeError, IndexError):
        line = ""
    if not line:
        raise ConfigError(f"{path}: no password in its first line")
    return line


def _card_keys(folder: Path) -> tuple[tuple[bytes, ...], str]:
    """Every key that can be had, in the order of the module's head; and why the sealed one is not among them."""
    sealed, clear = folder / "cards.sealed", folder / CARDS
    try:
        kept, locked = _unsealed(sealed)
        found = [*_handed_in(), *kept]
        if clear.exists() or not found:
            found.append(_key(clear))
            if kept == found[-1:]:  # the power went between sealing it and this
                clear.unlink()
            elif not sealed.exists() and tpm.is_there():
                _seal(found[-1], sealed, clear)
    except OSError as cause:
        raise ConfigError(f"{cause.filename or folder}: {cause.strerror}") from None
    return tuple(dict.fromkeys(found)), locked


def _handed_in() -> list[bytes]:
    """The unit's own key. systemd lets us read it by an access list, not by its mode."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    given = Path(folder) / CARDS if folder else None
    return [_checked(given, given.read_bytes())] if given and given.exists() else []


def _unsealed(sealed: Path) -> tuple[list[bytes], str]:
    """The key that the TPM keeps; or why it does not give it out, now or ever again."""
    if not sealed.exists():
        return [], ""
    try:
        return [_checked(sealed, tpm.unseal(CARDS, sealed.read_bytes()))], ""
    except tpm.Unsealable as cause:
        log.error("card key locked", cause=str(cause))  # noqa: TRY400 - the cause says it
        return [], str(cause)


def _seal(key: bytes, sealed: Path, clear: Path) -> None:
    """Let the TPM keep the key instead of the file; where it does not after all, the file does."""
    try:
        disk.put(sealed, tpm.seal(CARDS, key))
    except tpm.Unsealable as cause:
        log.warning("card key not sealed", cause=str(cause))
    else:
        clear.unlink()


def _key(path: Path) -> bytes:
    if not path.exists():
        _mint(path)
    return _checked(path, _read(path))


def _checked(path: Path, key: bytes) -> bytes:
    if len(key) != KEY_OCTETS:
        raise ConfigError(f"{path}: {len(key)} octets, {KEY_OCTETS} meant")
    return key


def _mint(path: Path) -> None:
    try:
        disk.put(path, os.urandom(KEY_OCTETS))
    except OSError as cause:
        raise ConfigError(f"{path}: {cause.strerror}") from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            _refuse_exposed(path, os.fstat(file.fileno()).st_mode, "0600")
            return file.read(MAX_SECRET_OCTETS)
    except OSError as cause:
        raise ConfigError(f"{path}: {cause.strerror}") from None


def _refuse_exposed(path: Path, mode: int, meant: str) -> None:
    if mode & OTHERS:
        raise ConfigError(f"{path}: others may read it (mode {stat.S_IMODE(mode):04o}, {meant} meant)")
