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
from dataclasses import dataclass
from functools import cache
from typing import Any

from wire.sip2 import idiom
from wire.sip2.declare import Layout, Message, VariableField
from wire.sip2.dialect import Dialect
from wire.sip2.errors import Checked, UnknownMessage, Unparsable
from wire.sip2.forms import TEXT
from wire.sip2.framing import MAX_FRAME_OCTETS
from wire.sip2.messages import MESSAGES, RequestAcsResend, RequestScResend

MAX_VALUE_CHARACTERS = 255
"""The specification's length of a variable field (p. 15)."""

_JUNK = bytes(octet for octet in range(256) if not (octet < 128 and chr(octet).isalnum()))  # noqa: PLR2004 - ASCII
"""Line feeds, telnet's 0xFB and the like before the identifier."""
_TRAILER = re.compile(rb"(?:AY([0-9]))?AZ([0-9A-Fa-f]{4})\Z|AY([0-9])\Z")
_TRAILER_OCTETS = 9
_LAST_NUMBER = 9
_IDENTIFIER = re.compile("[0-9]{2}")
_CODE = re.compile(r"(?!A[YZ])[A-Z][A-Z0-9]")
_UNDISPLAYED = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
"""Control characters, line ends and NUL among them: each becomes a blank."""


@dataclass(frozen=True, slots=True)
class Frame:
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


# ---------------------------------------------------------------- checksum
def checksum(octets: bytes) -> bytes:
    """The specification's: of the octets up to and with `AZ`."""
    return b"%04X" % (-sum(octets) & 0xFFFF)


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
    closed = octets.rstrip(b" \r\n\0" + dialect.delimiter.encode())
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


# ---------------------------------------------------------------- reading
def decode(octets: bytes, dialect: Dialect) -> Frame:
    """The message in a frame, with or without its terminator.

    Raises:
        UnknownMessage: an identifier that is none of ours.
        Unparsable: no identifier, fixed fields that do not fit, or more octets than a frame may have.
    """
    if not octets[:1].isdigit() or octets[-1:] in b"\r\n":
        octets = octets.lstrip(_JUNK).rstrip(b"\r\n")
    if len(octets) > MAX_FRAME_OCTETS:
        raise Unparsable(f"more than {MAX_FRAME_OCTETS} octets", "", octets, "absent")
    body, sequence, verdict = _split_trailer(octets, dialect)
    identifier = body[:2].decode("ascii", "replace")
    kind = MESSAGES.get(identifier)
    if kind is None:
        if not _IDENTIFIER.fullmatch(identifier):
            raise Unparsable("no identifier", "", octets, verdict)
        raise UnknownMessage(f"no message {identifier}", identifier, octets, verdict)
    text = body.decode(dialect.charset, "replace")
    if "\0" in text:
        text = text.replace("\0", "")
    fixed = kind.layout.pattern.match(text, len(identifier))
    if fixed is None and identifier not in dialect.no_fixed:
        raise Unparsable(f"the fixed fields of {identifier} do not fit", identifier, octets, verdict)
    rest = text[fixed.end() if fixed else len(identifier) :].lstrip(" ")
    values = _values(kind.layout, fixed.groups() if fixed else None, rest, dialect)
    closed = len(body) < len(octets) or not rest or rest.endswith(dialect.delimiter)
    return Frame(kind(**values), sequence, verdict, octets, closed)


def _values(layout: Layout, fixed: tuple[str, ...] | None, rest: str, dialect: Dialect) -> dict[str, Any]:
    """The values of a message by their names; without fixed fields each of them is absent."""
    parts = ("",) * len(layout.fixed) if fixed is None else fixed
    values: dict[str, Any] = dict(layout.absent)
    for field, part in zip(layout.fixed, parts, strict=True):
        values[field.name] = field.form.parse(part)
    found: set[str] = set()
    extra: list[tuple[str, str]] = []
    renamed = dialect.rename.get(layout.id, {})
    for theirs, value in _pieces(rest, dialect.delimiter):
        code = renamed.get(theirs, theirs)
        spec = layout.by_code.get(code)
        if spec is not None and spec.many:
            values.setdefault(spec.name, []).append(value)
        elif spec is None or code in found or not _take(values, spec, value):
            extra.append((code, value))
        else:
            found.add(code)
    for name in layout.many & values.keys():
        values[name] = tuple(filter(None, values[name]))
    idiom.understand(values, layout, dialect)
    values["extra"] = tuple(extra)
    return values


def _pieces(text: str, delimiter: str) -> list[tuple[str, str]]:
    """Code and value of each variable field.

    A delimiter that no code follows belongs to the value before it, or is junk at its end.
    """
    pieces = _splitter(delimiter).split(text.lstrip(delimiter))
    return [(piece[:2], piece[2:].rstrip(delimiter)) for piece in pieces if _CODE.match(piece)]


@cache
def _splitter(delimiter: str) -> re.Pattern[str]:
    return re.compile(re.escape(delimiter) + "(?=[A-Z][A-Z0-9])")


def _take(values: dict[str, Any], field: VariableField, text: str) -> bool:
    """Read one value; False where the field's form cannot say what the text says."""
    if field.form is TEXT:
        values[field.name] = text
        return True
    value = field.form.parse(text)
    if value is None and text:
        return False
    values[field.name] = value
    return True


# ---------------------------------------------------------------- writing
def encode(message: Message, dialect: Dialect, sequence: int | None = None) -> bytes:
    """The whole frame, terminator included.

    `sequence` 0 to 9 writes AY and AZ; None writes neither, but for 96 and 97, which carry AZ alone.
    A dialect whose checksum is `none` writes neither ever.
    """
    text = _body(idiom.word(message, dialect), dialect)
    body = text.encode(dialect.charset, "replace")
    end = dialect.terminator.encode()
    resend = isinstance(message, RequestAcsResend | RequestScResend)
    if dialect.checksum.emit == "none" or (sequence is None and not resend):
        return body + end
    if not text.endswith(dialect.delimiter):
        body += dialect.before_checksum.encode()
    marked = body + (b"AZ" if sequence is None or resend else b"AY%dAZ" % sequence)
    dp2 = dialect.checksum.emit == "dp2"
    total = _dp2_checksum(text, dialect.delimiter) if dp2 else checksum(marked)
    return marked + total + dialect.after_checksum.encode() + end


def _body(message: Message, dialect: Dialect) -> str:
    """All but AY and AZ."""
    layout, delimiter = message.layout, dialect.delimiter
    parts = [layout.id, _fixed(message, dialect)]
    renamed = dialect.rename.get(layout.id)
    for code, text in _variable(message, layout, dialect.zone):
        theirs = _their_code(code, renamed) if renamed else code
        if theirs:
            parts += theirs, _clean(text, delimiter), delimiter
    return "".join(parts)


def _fixed(message: Message, dialect: Dialect) -> str:
    layout, zone = message.layout, dialect.zone
    if layout.id in dialect.no_fixed:
        return ""
    told = "".join(
        [field.form.render(getattr(message, field.name), field.width, zone) for field in layout.fixed]
    )
    return " " * len(told) if layout.id in dialect.blank_fixed else _clean(told, dialect.delimiter)


def _variable(message: Message, layout: Layout, zone: str) -> list[tuple[str, str]]:
    """Code and text of each variable field that is to be written."""
    told: list[tuple[str, str]] = []
    for field in layout.variable:
        value = getattr(message, field.name)
        if value is field.default and not field.always:
            continue  # most of them, most of the time
        if field.many:
            told += [(field.code, one) for one in value if one]
        elif field.form is TEXT and (value or field.always):
            told.append((field.code, value))
        elif field.always or value != field.default:
            told.append((field.code, field.form.render(value, field.width, zone)))
    told += message.extra
    return told


def _their_code(code: str, renamed: dict[str, str]) -> str | None:
    """The peer's code for a field; None where the peer means something else by it and has no other."""
    theirs = next((theirs for theirs, standard in renamed.items() if standard == code), None)
    return theirs or (None if code in renamed else code)


def _clean(text: str, delimiter: str) -> str:
    """A value as it may stand in a frame: 255 characters of what can be displayed (p. 15), no delimiter."""
    if not text.isprintable():
        text = text.strip("\r\n\0").translate(_UNDISPLAYED)
    if len(text) > MAX_VALUE_CHARACTERS:
        text = text[:MAX_VALUE_CHARACTERS]
    return text.replace(delimiter, " ") if delimiter in text else text
