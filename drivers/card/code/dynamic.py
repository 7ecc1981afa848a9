"""Our own dynamic reader code: shown by a site's app as a QR code, good once, for a minute at most. Pure.

    v1.2110004711.1763800000.Zm9vYmFyMTIz.iL6B0FUFN0_FueQ65DgvJQ
    |  |          |          |            HMAC-SHA256 over all before its dot, the first 16 octets
    |  |          |          nonce: 8 to 32 characters, another one in each code
    |  |          when it was made: seconds since 1970, UTC
    |  the reader's number; it may have dots
    version of this layout

Base64url without padding (RFC 4648, 5). The key is the site's: 32 octets, known to who makes codes and to the
kiosks. Two keys are valid while one replaces the other.

        made                         now                       a code is good from `skew_s` before it was made, by
    -----|---------------------------|-----> kiosk's clock     a kiosk whose clock is late, until `valid_s` after;
    |<-->|<------------------------------->|                   both together are at most 60 s, so that no code
    skew_s          valid_s                                    lives longer by any clock within that tolerance
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.card.code.plug import Refused, Verdict, Verified
from drivers.errors import Misuse

PREFIX = "v1."
KEY_OCTETS = 32
MAC_OCTETS = 16
"""128 bits: nobody guesses one within a minute."""
NONCE_OCTETS = 9
"""12 characters; a site that makes 1,000 codes a second meets the same one within a minute once in 10**12 years."""
MAX_READER = 64
"""Characters. The longest numbers in use have 20."""
MAX_LIFE_S = 60
MAX_REMEMBERED = 4096
"""Codes that were shown: 68 a second for a minute is more than any door sees."""

_CODE = re.compile(
    r"v1\.(?P<reader>.{1,64})\.(?P<made>[0-9]{1,11})\.(?P<nonce>[A-Za-z0-9_-]{8,32})", re.DOTALL
)
_MAC = re.compile(r"[A-Za-z0-9_-]{22}")


def make(key: bytes, reader: str, made_s: int, nonce: bytes) -> str:
    """The code of this reader.

    Args:
        key: the site's, 32 octets.
        reader: the number by which the ILS knows the reader.
        made_s: seconds since 1970, UTC.
        nonce: 9 octets that were never used before: `secrets.token_bytes(NONCE_OCTETS)`.

    Raises:
        Misuse: no such key, reader or nonce.
    """
    if len(key) != KEY_OCTETS:
        raise Misuse(f"a key of {len(key)} octets, {KEY_OCTETS} meant")
    code = f"{PREFIX}{reader}.{made_s}.{_text(nonce)}"
    if not _CODE.fullmatch(code) or not reader.isprintable():
        raise Misuse(f"a number of 1 to {MAX_READER} characters and a nonce of 6 to 24 octets are meant")
    return f"{code}.{_mac(key, code)}"


@dataclass(frozen=True, slots=True)
class Life:
    """How long codes are good, in seconds. Both together at most 60."""

    valid_s: int = 50
    """After it was made."""
    skew_s: int = 10
    """Before: as far as clocks may be apart."""

    def __post_init__(self) -> None:
        """Raises Misuse: more than a minute, or none."""
        if self.valid_s <= 0 or self.skew_s < 0 or self.valid_s + self.skew_s > MAX_LIFE_S:
            raise Misuse(f"`valid_s` and `skew_s` are {MAX_LIFE_S} s together at most")


class Judge:
    """Says of each code whether it is good, and remembers those that were.

    What is forgotten, because it has expired or because too many were shown, takes all codes of its second and
    before with it: forgetting never makes a code good again. A judge that begins knows nothing of what was shown
    before, and takes no code that was made before.
    """

    def __init__(self, life: Life, begun_s: float) -> None:
        """`begun_s` and all other times: seconds since 1970 by the kiosk's clock."""
        self._life = life
        self._shown: dict[str, int] = {}
        """MAC → when its code was made, in the order in which they were shown."""
        self._floor_s = int(begun_s) + life.skew_s + 1
        """Codes that were made before are refused."""

    def judge(self, keys: Sequence[bytes], text: str, now_s: float) -> Verdict | None:
        """Whose code this is, or why not; None: it is no code of ours."""
        if not text.startswith(PREFIX):
            return None
        code, _, mac = text.rpartition(".")
        parts = _CODE.fullmatch(code)
        if not parts or not _MAC.fullmatch(mac):
            return Refused("unknown")
        if not any(hmac.compare_digest(mac, _mac(key, code)) for key in keys):
            return Refused("unknown")
        return self._admit(parts["reader"], int(parts["made"]), mac, now_s)

    def _admit(self, reader: str, made_s: int, mac: str, now_s: float) -> Verdict:
        """One that a key of ours made."""
        self._forget(now_s)
        if mac in self._shown:
            return Refused("replayed")
        if made_s > now_s + self._life.skew_s:
            return Refused("early")
        if made_s < max(now_s - self._life.valid_s, self._floor_s):
            return Refused("expired")
        self._shown[mac] = made_s
        return Verified(reader)

    def _forget(self, now_s: float) -> None:
        latest_s = int(now_s) + self._life.skew_s + 1
        self._floor_s = min(self._floor_s, latest_s)  # the clock was set back
        while self._shown:
            mac, made_s = next(iter(self._shown.items()))
            if made_s >= now_s - self._life.valid_s and len(self._shown) < MAX_REMEMBERED:
                return
            del self._shown[mac]
            self._floor_s = max(self._floor_s, made_s + 1)


def _mac(key: bytes, code: str) -> str:
    return _text(hmac.digest(key, code.encode(), "sha256")[:MAC_OCTETS])


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
