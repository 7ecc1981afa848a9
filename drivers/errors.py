"""Whose fault it is, as a type. The evidence (frame, status byte) is in the attributes.

- `Misuse`: ours, the caller's: an argument out of range, a call in the wrong state.
- `Misbehaved`: the peer's: a frame that breaks its own rules, an answer to another question.
- `Gone`: nobody's: the line or the device is not there, or does not answer in time.
- `Unsupported`: the device says that it cannot do this.
"""

from __future__ import annotations


class DriverError(Exception):
    """Base of all that drivers raise. Two errors are equal when type, text and evidence are."""

    def __init__(self, text: str, *, frame: bytes = b"", status: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.frame = frame
        """The bytes that show it, at most 512."""
        self.status = status
        """The device's own status code, where it gave one."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DriverError):
            return NotImplemented
        return (type(self), self.text, self.frame, self.status) == (
            type(other),
            other.text,
            other.frame,
            other.status,
        )

    def __hash__(self) -> int:
        return hash((type(self), self.text, self.frame, self.status))


class Misuse(DriverError):  # noqa: N818 - the four names are the catalogue's own words
    """The caller asked for what can never be right."""


class Misbehaved(DriverError):  # noqa: N818
    """The peer broke its own protocol."""


class Gone(DriverError):  # noqa: N818
    """The line or the device does not answer."""


class Unsupported(DriverError):  # noqa: N818
    """The device says that it cannot."""
