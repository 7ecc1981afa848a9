"""Who answers on a line where a FEIG reader was expected: its first octets, in words. Pure."""

from __future__ import annotations

from drivers.line.text import shown

BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"SSH-", "an SSH server"),
    (b"HTTP/", "a web server"),
    (b"\xaa\xaa\xaa\x96\x69", "an identity card reader (SDT)"),
    (b"\xd5\x00", "a 3M pad"),
    (b"\xbb\x02", "a UHF module (M100)"),
    (b"\xbb\x01", "a UHF module (M100)"),
    (b"\xa0", "a UHF module (R2000)"),
    (b"S", "an OSDP reader"),
)
"""First octets → who sends them; the more certain first."""
_SHOWN = 12
_WORD = 4
"""So many printable characters are a text."""


def described(heard: bytes, asked: bytes = b"") -> str:
    """What was heard instead of a FEIG frame.

    Args:
        heard: all that came.
        asked: the request that it answers.
    """
    if asked and asked in heard:
        return "the line only echoes what is sent"
    text = shown(heard)
    if len(text) >= _WORD:
        return next(
            (f"{who} answers" for begin, who in BEGINNINGS[:2] if heard.lstrip().startswith(begin)),
            f"a device that sends text answers: {text!r}",
        )
    for begin, who in BEGINNINGS:
        if heard.startswith(begin):
            return f"{who} answers, or so it looks: {_digits(heard)}"
    return f"something else answers, or at another baud rate or parity: {_digits(heard)}"


def _digits(octets: bytes) -> str:
    more = " …" if len(octets) > _SHOWN else ""
    return octets[:_SHOWN].hex(" ").upper() + more
