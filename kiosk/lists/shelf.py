"""The lists on disk: one file a list, which holds the signed head and the body that it means.

    STATE/lists/deny.list   4 octets, big endian: length of the head | the signed head as it came | the body

A file is there whole or not at all (`kiosk.disk`). It is believed at a start as it was when it came, because
the signature and the hash are checked again.
"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk import disk
from kiosk.knowledge import InForce
from wire import topics
from wire.envelope import Malformed
from wire.ids import ListName
from wire.lists import MAX_BODY_OCTETS, Body, Head, decode
from wire.signing import MAX_SIGNED_OCTETS, unseal

LENGTH_OCTETS = 4
MAX_FILE_OCTETS = LENGTH_OCTETS + MAX_SIGNED_OCTETS + MAX_BODY_OCTETS


class Shelf:
    """The folder of one kiosk's lists."""

    def __init__(self, folder: Path, device: str, central: Ed25519PublicKey) -> None:
        self._folder = folder
        self._device = device
        self._central = central

    def load(self, name: ListName) -> InForce | None:
        """The list that was kept; None where there is none.

        Raises:
            OSError: it cannot be read.
            Malformed: damaged, or not the body that was signed.
            Forged: the head is not central's, or is for another device or list.
        """
        try:
            with self._path(name).open("rb") as file:
                octets = file.read(MAX_FILE_OCTETS + 1)
        except FileNotFoundError:
            return None
        length = int.from_bytes(octets[:LENGTH_OCTETS])
        signed, body = octets[LENGTH_OCTETS:][:length], octets[LENGTH_OCTETS + length :]
        head = unseal_head(self._central, self._device, name, signed)
        return InForce(believe(body, head), head.expires_ms)

    def keep(self, name: ListName, signed: bytes, body: bytes) -> None:
        """Put a list in the place of the one before; on disk when this returns.

        Raises:
            OSError: the disk does not take it; the one before stands.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        disk.put(self._path(name), len(signed).to_bytes(LENGTH_OCTETS), signed, body)

    def _path(self, name: ListName) -> Path:
        return self._folder / f"{name}.list"


def unseal_head(central: Ed25519PublicKey, device: str, name: ListName, signed: bytes) -> Head:
    """The head of this device's list.

    Raises:
        Malformed: no head, or another list's.
        Forged: not signed by central for this device and list.
    """
    head = unseal(central, topics.topic(device, f"{topics.LISTS}/{name}"), signed, Head)
    if head.name != name:
        raise Malformed(f"{head.name} where {name} is meant")
    return head


def believe(octets: bytes, head: Head) -> Body:
    """The body that the head means, fit to decide by.

    Raises:
        Malformed: other octets than were signed, no form of a list, or a time zone that nobody knows.
    """
    body = decode(octets, head)
    if body.hours is not None:
        try:
            ZoneInfo(body.hours.zone)
        except (ValueError, OSError, LookupError) as cause:
            raise Malformed(f"time zone {body.hours.zone!r}: {cause}") from None
    return body
