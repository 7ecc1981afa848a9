"""Keys into entries. Pure: `now` is an argument.

    octets   30 to 39   0D, 23   7F, 2A
    keys     0 to 9     # enter  * clears what was typed

An entry ends with enter, or with a pause. Source: OSDP 2.2, 7.12.
"""

from __future__ import annotations

MAX_KEYS = 16
"""A PIN has 4 to 12; who types on begins anew."""
ENTER, CLEAR = (0x0D, 0x23), (0x7F, 0x2A)
DIGITS = range(0x30, 0x3A)


class Keypad:
    """What was typed so far."""

    def __init__(self, pause_s: float) -> None:
        self._pause_s = pause_s
        self._typed = ""
        self._typed_at = 0.0

    def press(self, octets: bytes, now: float) -> list[str]:
        """Take keys; the entries that they end, empty ones left out."""
        ended = self.wait(now)
        for octet in octets:
            self._typed_at = now
            if octet in ENTER:
                ended += [self._typed] if self._typed else []
                self._typed = ""
            elif octet in CLEAR or len(self._typed) >= MAX_KEYS:
                self._typed = ""
            elif octet in DIGITS:
                self._typed += chr(octet)
        return ended

    def wait(self, now: float) -> list[str]:
        """Let time pass; the entry that a pause ends."""
        if not self._typed or now - self._typed_at < self._pause_s:
            return []
        ended, self._typed = [self._typed], ""
        return ended

    def forget(self) -> None:
        """Nobody stands there any more."""
        self._typed = ""
