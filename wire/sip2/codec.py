r"""Messages to frames and back, for every message alike, by its layout and a dialect.

    11  NN 20260101    120000                     AO UWOLS | AA djfiander | … AY 7 AZ E9E2 \r
    id  fixed fields in order, no separators      code value delimiter  …    sequence checksum

The checksum is the two's complement of the sum of all octets from the identifier up to and with `AZ`,
four capital hexadecimal digits: over octets, so that it is the same whoever counts the characters.

Writing never fails: what a charset cannot hold becomes `?`, what would break the frame a blank.
Reading raises `Unparsable` and `UnknownMessage` only, and takes whatever else can be understood.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

from msgspec import Struct

from wire.sip2.bodies import Read, Write, reader, writer
from wire.sip2.declare import Message
from wire.sip2.dialect import Dialect
from wire.sip2.errors import Checked, UnknownMessage, Unparsable
from wire.sip2.framing import MAX_FRAME_OCTETS
from wire.sip2.messages import MESSAGES, RequestAcsResend, RequestScResend

_JUNK = bytes(octet for octet in range(256) if not (octet < 128 and chr(octet).isalnum()))  # noqa: PLR2004 - ASCII
"""Line feeds, telnet's 0xFB and the like before the identifier."""
_PADDING = bytes(range(0x21)) + b"\x7f"
"""Blanks, line ends, NUL, ETX and the like behind the checksum."""
_TRAILER = re.compile(rb"(?:AY([0-9]))?AZ([0-9A-Fa-f]{4})\Z|AY([0-9])\Z")
_TRAILER_OCTETS = 9
_LAST_NUMBER = 9
_IDENTIFIER = re.compile("[0-9]{2}")
_SUMMED_AT_ONCE = 256
"""Octets whose sum stays below Adler-32's modulus."""


class Frame(Struct, frozen=True):
    """A frame that was read."""

    message: Message
    sequence: int | None
    """AY; None where the frame has none."""
    checksum: Checked
    octets: bytes
    """Without junk before it and terminator behind it."""
    closed: bool
    """It ends as a frame ends: with a trailer, with a delimiter, or with fixed fields. If not, its end is lost,
    or its writer leaves the last delimiter out."""


READ_AS = {"gbk": "gb18030"}
"""Charsets that hold all of another: a system of GBK that says more than GBK has says it in four octets a character."""


# ---------------------------------------------------------------- checksum
def checksum(octets: bytes) -> bytes:
    """The specification's: of the octets up to and with `AZ`.

    Adler-32 begins with the sum of the octets modulo 65521 (RFC 1950), and is six times as fast as `sum`.
    """
    if len(octets) <= _SUMMED_AT_ONCE:
        return b"%04X" % (-(zlib.adler32(octets, 0) & 0xFFFF) & 0xFFFF)
    parts = range(0, len(octets), _SUMMED_AT_ONCE)
    total = sum([zlib.adler32(octets[at : at + _SUMMED_AT_ONCE], 0) & 0xFFFF for at in parts])
    return b"%04X" % (-total & 0xFFFF)


def _dp2_checksum(body: str, delimiter: str) -> bytes:
    """dp2's: of the UTF-16 units of what stands before AY, without the delimiter that ends it."""
    octets = body.removesuffix(delimiter).encode("utf-16-le", "replace")
    return b"%04X" % (-(sum(octets[0::2]) + 256 * sum(octets[1::2])) & 0xFFFF)


def _split_trailer(octets: bytes, dialect: Dialect) -> tuple[bytes, int | None, Checked]:
    """What stands before AY and AZ, the sequence number, the verdict on the checksum."""
    if octets[-9:-7] == b"AY" and octets[-6:-4] == b"AZ" and octets[-4:] == checksum(octets[:-4]):
        digit = octets[-7] - ord("0")
        if 0 <= digit <= _LAST_NUMBER and dialect.checksum.verify != "off":
            return octets[:-9], digit, "good"  # as the specification has it, and as nearly all write it
    closed = octets.rstrip(_PADDING + dialect.delimiter.encode())
    trailer = _TRAILER.search(closed, max(0, len(closed) - _TRAILER_OCTETS))
    ends_a_field = len(closed) < len(octets)
    if trailer is None or (ends_a_field and not _is_trailer(trailer, dialect.delimiter.encode())):
        return octets, None, "absent"
    number, given = trailer[1] or trailer[3], trailer[2]
    sequence = None if number is None else int(number)
    body = octets[: trailer.start()]
    if given is None:
        return body, sequence, "absent"
    if dialect.checksum.verify == "off":
        return body, sequence, "unverified"
    right = {checksum(octets[: trailer.start(2)])}
    if dialect.checksum.emit == "dp2":
        right.add(_dp2_checksum(body.decode(dialect.charset, "replace"), dialect.delimiter))
    return body, sequence, "good" if given.upper() in right else "bad"


def _is_trailer(found: re.Match[bytes], delimiter: bytes) -> bool:
    """True unless it may be the end of a value: AY or AZ alone, with no delimiter before it but others are."""
    body = found.string[: found.start()]
    return bool(found[1]) or body.endswith(delimiter) or delimiter not in body


# ---------------------------------------------------------------- both ways
MAX_KEPT = 64
"""Dialects whose codecs are kept: those of the package, and of some sites that override a few keys."""


class Codec:
    """Reads and writes the frames of one dialect, for any thread; keeps what the declarations come to."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._readers: dict[bytes, Read] = {}
        """By identifier."""
        self._writers: dict[type[Message], Write] = {}
        self._charset, self._end = dialect.charset, dialect.terminator.encode()
        self._read_as = READ_AS.get(dialect.charset, dialect.charset)
        self._before, self._after = dialect.before_checksum.encode(), dialect.after_checksum.encode()
        self._last: tuple[Message | None, str] = None, ""
        """What was written last, and its body: a server says the same 98 again and again."""
        self._numbered = dialect.checksum.emit != "none"
        self._dp2 = dialect.checksum.emit == "dp2"

    def decode(self, octets: bytes) -> Frame:
        """The message in a frame, with or without its terminator.

        Raises:
            UnknownMessage: an identifier that is none of ours.
            Unparsable: no identifier, fixed fields that do not fit, or more octets than a frame may have.
        """
        if not octets[:1].isdigit() or octets[-1:] in b"\r\n":
            octets = octets.lstrip(_JUNK).rstrip(b"\r\n")
        if len(octets) > MAX_FRAME_OCTETS:
            raise Unparsable(f"more than {MAX_FRAME_OCTETS} octets", "", octets, "absent")
        body, sequence, verdict = _split_trailer(octets, self._dialect)
        read = self._readers.get(body[:2]) or self._reader(body[:2], octets, verdict)
        text = body.decode(self._read_as, "replace")
        found = read(text.replace("\0", "") if "\0" in text else text)
        if found is None:
            identifier = text[:2]
            raise Unparsable(f"the fixed fields of {identifier} do not fit", identifier, octets, verdict)
        message, closed = found
        return Frame(message, sequence, verdict, octets, closed or len(body) < len(octets))

    def encode(self, message: Message, sequence: int | None = None) -> bytes:
        """The whole frame, terminator included.

        `sequence` 0 to 9 writes AY and AZ; None writes neither, but for 96 and 97, which carry AZ alone.
        A dialect whose checksum is `none` writes neither ever.
        """
        kind = type(message)
        last, text = self._last
        if message is not last:
            text = (self._writers.get(kind) or self._writer(kind))(message)
            self._last = message, text
        body = text.encode(self._charset, "replace")
        resend = kind in _RESEND
        if not self._numbered or (sequence is None and not resend):
            return body + self._end
        if self._before and not text.endswith(self._dialect.delimiter):
            body += self._before
        marked = body + (b"AZ" if sequence is None or resend else b"AY%dAZ" % sequence)
        total = _dp2_checksum(text, self._dialect.delimiter) if self._dp2 else checksum(marked)
        return marked + total + self._after + self._end

    def _reader(self, number: bytes, octets: bytes, verdict: Checked) -> Read:
        identifier = number.decode("ascii", "replace")
        kind = MESSAGES.get(identifier)
        if kind is None:
            if not _IDENTIFIER.fullmatch(identifier):
                raise Unparsable("no identifier", "", octets, verdict)
            raise UnknownMessage(f"no message {identifier}", identifier, octets, verdict)
        made = self._readers[number] = reader(kind, self._dialect)
        return made

    def _writer(self, kind: type[Message]) -> Write:
        made = self._writers[kind] = writer(kind, self._dialect)
        return made


_RESEND = frozenset({RequestAcsResend, RequestScResend})


@lru_cache(MAX_KEPT)
def codec(dialect: Dialect) -> Codec:
    """The codec of a dialect."""
    return Codec(dialect)


def decode(octets: bytes, dialect: Dialect) -> Frame:
    """As `Codec.decode`."""
    return codec(dialect).decode(octets)


def encode(message: Message, dialect: Dialect, sequence: int | None = None) -> bytes:
    """As `Codec.encode`."""
    return codec(dialect).encode(message, sequence)
