"""The kiosk's own secrets, and the reading of those that it was given.

    cards.key        32 octets: encrypts card numbers of loans that are not settled yet
    pseudonyms.key   32 octets: turns a card number into the pseudonym that facts carry

Both are minted at the first start, in the state folder. The card key is looked for in this order:

    $CREDENTIALS_DIRECTORY/cards.key   handed in by the unit (LoadCredential, LoadCredentialEncrypted)
    STATE/cards.sealed                 sealed by the machine's TPM 2 (`kiosk.tpm`)
    STATE/cards.key                    in clear, where there is no TPM; sealed as soon as there is one

The folder is 0700, a secret 0600 or stricter; what anybody else could read is no secret any more, and the
kiosk does not start with it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
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
    """The two keys; neither shows in a repr."""

    cards: bytes = field(repr=False)
    pseudonyms: bytes = field(repr=False)


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
    return Secrets(_card_key(folder), _key(folder / "pseudonyms.key"))


def pseudonym(key: bytes, card: str) -> str:
    """The reader's name in facts: 32 hexadecimal digits of HMAC-SHA256 over the card number."""
    return hmac.new(key, card.encode(), hashlib.sha256).hexdigest()[:32]


def encrypt_card(key: bytes, txn: str, card: str) -> bytes:
    """Nonce, then AES-256-GCM of the card number; it decrypts for this transaction alone."""
    nonce = os.urandom(NONCE_OCTETS)
    return nonce + AESGCM(key).encrypt(nonce, card.encode(), txn.encode())


def decrypt_card(key: bytes, txn: str, octets: bytes) -> str:
    """The card number; empty where another key, or another transaction, encrypted it, or it is damaged."""
    try:
        return AESGCM(key).decrypt(octets[:NONCE_OCTETS], octets[NONCE_OCTETS:], txn.encode()).decode()
    except (InvalidTag, ValueError):
        return ""


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


def _card_key(folder: Path) -> bytes:
    handed_in = os.environ.get("CREDENTIALS_DIRECTORY")
    sealed, clear = folder / "cards.sealed", folder / CARDS
    try:
        if handed_in and (given := Path(handed_in) / CARDS).exists():
            return _checked(
                given, given.read_bytes()
            )  # systemd lets us read it by an access list, not by its mode
        if not tpm.is_there():
            return _key(clear)
        return _unsealed(sealed, clear) or _seal(_key(clear), sealed, clear)
    except OSError as cause:
        raise ConfigError(f"{cause.filename}: {cause.strerror}") from None


def _unsealed(sealed: Path, clear: Path) -> bytes | None:
    """The key that the TPM keeps. None: it keeps none, or another board's does; what that encrypted is lost."""
    if not sealed.exists():
        return None
    try:
        key = _checked(sealed, tpm.unseal(CARDS, sealed.read_bytes()))
    except tpm.Unsealable as cause:
        log.error("card key lost", cause=str(cause))  # noqa: TRY400 - the cause says it
        sealed.rename(sealed.with_suffix(".lost"))
        return None
    clear.unlink(missing_ok=True)
    return key


def _seal(key: bytes, sealed: Path, clear: Path) -> bytes:
    """Let the TPM keep the key instead of the file; where it does not after all, the file does."""
    try:
        disk.put(sealed, tpm.seal(CARDS, key))
    except tpm.Unsealable as cause:
        log.warning("card key not sealed", cause=str(cause))
        return key
    clear.unlink()
    return key


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
