"""FEIG status octets: the first of every reply, and the tag's own word behind status 95 (H20800-16e, Annex)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from drivers.errors import DriverError, Gone, Misbehaved, Unsupported


class Status(IntEnum):
    """The first octet of every reply."""

    OK = 0x00
    NO_TRANSPONDER = 0x01
    DATA_FALSE = 0x02
    WRITE_ERROR = 0x03
    ADDRESS_ERROR = 0x04
    WRONG_TRANSPONDER = 0x05
    GENERAL_ERROR = 0x0E
    PARAMETER_RANGE = 0x11
    UNKNOWN_COMMAND = 0x80
    LENGTH_ERROR = 0x81
    NOT_AVAILABLE = 0x82
    RF_COMMUNICATION_ERROR = 0x83
    RF_WARNING = 0x84
    NO_VALID_DATA = 0x92
    BUFFER_OVERFLOW = 0x93
    MORE_DATA = 0x94
    ISO15693_ERROR = 0x95


class IsoError(IntEnum):
    """The octet behind status 95: the tag's own word."""

    NOT_SUPPORTED = 0x01
    NOT_RECOGNISED = 0x02
    OPTION_NOT_SUPPORTED = 0x03
    UNKNOWN = 0x0F
    NO_SUCH_BLOCK = 0x10
    ALREADY_LOCKED = 0x11
    LOCKED = 0x12
    NOT_PROGRAMMED = 0x13


WITH_DATA = frozenset(
    {
        Status.OK,
        Status.RF_COMMUNICATION_ERROR,
        Status.RF_WARNING,
        Status.BUFFER_OVERFLOW,
        Status.MORE_DATA,
        Status.ISO15693_ERROR,
    }
)
"""An inventory under these carries data sets; all but OK say that there may be more tags."""

_UNSUPPORTED = {Status.WRONG_TRANSPONDER, Status.UNKNOWN_COMMAND, Status.NOT_AVAILABLE}
_ISO_UNSUPPORTED = {
    IsoError.NOT_SUPPORTED,
    IsoError.NOT_RECOGNISED,
    IsoError.OPTION_NOT_SUPPORTED,
    IsoError.ALREADY_LOCKED,
    IsoError.LOCKED,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply's status and data."""

    status: int
    data: bytes

    def refusal(self) -> DriverError:
        """What a status other than OK means, as an error with the status in it."""
        text = _name(Status, self.status)
        kind: type[DriverError]
        if self.status == Status.ISO15693_ERROR and self.data:
            text = f"{text}: {_name(IsoError, self.data[0])}"
            kind = Unsupported if self.data[0] in _ISO_UNSUPPORTED else Misbehaved
        elif self.status == Status.NO_TRANSPONDER:
            kind = Gone
        else:
            kind = Unsupported if self.status in _UNSUPPORTED else Misbehaved
        return kind(text, frame=self.data, status=self.status)


def _name(kind: type[IntEnum], code: int) -> str:
    known = {each.value: each.name for each in kind}
    return known.get(code, f"status {code:02X}").lower().replace("_", " ")
