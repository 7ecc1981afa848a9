"""PINs of staff cards: how they are kept in the configuration, and who looks at one.

    scrypt$14$8$1$SALT$HASH        base64; log2(N), r, p of RFC 7914

- `check` returns at once: a thread of its own takes the 50 ms and 16 MiB that a look takes, and answers by `post`.
- It works without any line; a guess is slow here, and `kiosk.service.moves` makes it rare.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Mapping
from threading import Thread

from kiosk.service_effects import CheckPin
from kiosk.service_events import PinChecked

LOG_N, BLOCKS, LANES = 14, 8, 1
"""16 MiB and 50 ms (OWASP's password storage cheat sheet, scrypt, the least memory of its choices)."""
SALT_OCTETS = 16
MAX_MEMORY = 64 * 2**20
MAX_LOG_N, MAX_LANES = 15, 4
"""Staff wait half a second at most, and 32 MiB are room enough."""
FIELDS = 6


def kept(pin: str) -> str:
    """A PIN as the configuration keeps it."""
    salt = os.urandom(SALT_OCTETS)
    parts = (b64encode(part).decode() for part in (salt, _hash(pin, salt, LOG_N, BLOCKS, LANES)))
    return "$".join(("scrypt", str(LOG_N), str(BLOCKS), str(LANES), *parts))


def fits(pin: str, line: str) -> bool:
    """Whether it is the PIN that the line keeps.

    Raises:
        ValueError: the line keeps none.
    """
    log_n, blocks, lanes, salt, wanted = _read(line)
    return hmac.compare_digest(_hash(pin, salt, log_n, blocks, lanes), wanted)


def _read(line: str) -> tuple[int, int, int, bytes, bytes]:
    """log2(N), r, p, salt, hash.

    Raises:
        ValueError: the line keeps none, or one that takes too long to look at.
    """
    name, *numbers = line.split("$")
    if name != "scrypt" or len(numbers) != FIELDS - 1:
        raise ValueError("no `scrypt$…` line")
    try:
        log_n, blocks, lanes = map(int, numbers[:3])
        salt, wanted = (b64decode(part, validate=True) for part in numbers[3:])
    except Error as cause:
        raise ValueError(str(cause)) from None
    if not (0 < log_n <= MAX_LOG_N and 0 < blocks <= BLOCKS and 0 < lanes <= MAX_LANES):
        raise ValueError("costs that are none, or too high")
    return log_n, blocks, lanes, salt, wanted


def _hash(pin: str, salt: bytes, log_n: int, blocks: int, lanes: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=1 << log_n, r=blocks, p=lanes, maxmem=MAX_MEMORY)


class Pins:
    """Looks at PINs."""

    def __init__(self, lines: Mapping[str, str], post: Callable[[PinChecked], None]) -> None:
        """`lines`: pseudonym of a staff card → what the configuration keeps of its PIN.

        Raises:
            ValueError: a line that keeps none; it names the card.
        """
        for staff, line in lines.items():
            try:
                _read(line)
            except ValueError as cause:
                raise ValueError(f"{staff}: {cause}") from None
        self._lines = lines
        self._post = post

    def check(self, effect: CheckPin) -> None:
        """Look at one."""
        Thread(target=self._look, args=(effect,), name="pin").start()

    def _look(self, effect: CheckPin) -> None:
        line = self._lines.get(effect.staff)
        self._post(PinChecked(effect.ask, line is not None and fits(effect.pin, line)))
