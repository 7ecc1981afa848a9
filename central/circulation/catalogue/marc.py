"""MARC 21 and CNMARC records (ISO 2709): one title each, with its copies.

What each field says is `TITLE` and `COPIES`, by format. A record is kept whole beside the title, so that an
export gives back what no column holds; only the fields of the copies are written anew.

    records are cut at their end mark (1D), each is read alone: a damaged one spoils no other
    lengths and places in it are not believed, only end marks: systems that count characters write them wrong
    text is UTF-8 where it can be, else GB 18030 (CNMARC, and what MARC-8 cannot be) or MARC-8 (MARC 21); a file in
    Big5 is told as a whole (`chinese`), and its records become UTF-8
    CNMARC has field 200, MARC 21 has 245
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Final, Literal

from pymarc import Field, Indicators, Leader, Record, Subfield
from pymarc.exceptions import PymarcException
from pymarc.marc8 import marc8_to_unicode

from central.circulation.catalogue.charsets import MANY, SAMPLE, Charset, fits, recognised, strange
from central.circulation.catalogue.columns import Unfit

Format = Literal["cnmarc", "marc21"]
END: Final = b"\x1d"
FIELD_END: Final = b"\x1e"
SUBFIELD: Final = b"\x1f"
LEADER: Final = 24
ENTRY: Final = 12
"""Octets of the leader, and of an entry of the directory: tag, length in four digits, place in five."""
MAX_OCTETS: Final = 99_999
MAX_FIELD: Final = 9_999
"""What those digits can say."""
MAX_RECORD: Final = 1 << 20
"""Of a record that is read: more than those digits can say, as systems write records of a thousand copies."""
PIECE: Final = 1 << 16

Place = tuple[str, str, str]
"""Tag, its subfields' codes, what stands between them."""

TITLE: Final[Mapping[Format, Mapping[str, tuple[Place, ...]]]] = {
    "cnmarc": {
        "title": (("200", "aehi", " "),),
        "author": (("200", "fg", " ; "), ("701", "a", ""), ("711", "a", "")),
        "publisher": (("210", "c", " "),),
        "year": (("210", "d", " "),),
        "isbn": (("010", "a", " "),),
        "clc": (("690", "a", " "),),
        "call_number": (("905", "f", ""), ("905", "de", "/"), ("995", "k", "")),
        "language": (("101", "a", ""),),
        "pages": (("215", "a", " "),),
        "price": (("010", "d", ""),),
    },
    "marc21": {
        "title": (("245", "abnp", " "),),
        "author": (("245", "c", " "), ("100", "a", ""), ("110", "a", ""), ("700", "a", "")),
        "publisher": (("264", "b", " "), ("260", "b", " ")),
        "year": (("264", "c", " "), ("260", "c", " ")),
        "isbn": (("020", "a", " "),),
        "clc": (("084", "a", " "), ("093", "a", " ")),
        "call_number": (
            ("852", "hi", " "),
            ("952", "o", ""),
            ("905", "f", ""),
            ("905", "de", "/"),
            ("090", "ab", " "),
        ),
        "language": (("041", "a", ""),),
        "pages": (("300", "a", " "),),
        "price": (("020", "c", ""),),
    },
}
"""Where each column of a title stands; the first place that says something."""

COPIES: Final[Mapping[Format, tuple[tuple[str, Mapping[str, str]], ...]]] = {
    "cnmarc": (
        ("905", {"barcode": "b", "home": "a", "collection": "c"}),
        ("995", {"barcode": "f", "home": "b", "place": "c", "collection": "h", "shelf": "e", "type": "r"}),
    ),
    "marc21": (
        (
            "952",
            {
                "barcode": "p",
                "home": "a",
                "place": "b",
                "collection": "8",
                "shelf": "c",
                "type": "y",
                "price": "g",
            },
        ),
        ("852", {"barcode": "p", "home": "b", "collection": "c", "shelf": "j"}),
        ("905", {"barcode": "b", "home": "a", "collection": "c"}),
    ),
}
"""Fields that hold one copy each: CALIS and most Chinese systems write 905, Koha 995 and 952, MARC 21 itself 852.
The first of them that names a barcode is taken."""
CALL_NUMBER: Final[Mapping[Format, str]] = {"cnmarc": "f", "marc21": "o"}
"""Its subfield in the first of them."""

_GB2312: Final = re.compile(rb"(?:[\x00-\x1a\x1c-\x7f]|[\xa1-\xf7][\xa1-\xfe])*")
"""No escape, and high octets in pairs alone: MARC-8 has them before a letter each."""
_MARC8: Final = re.compile(
    rb"(?:[\x00-\x7f\x88\x89\x8d\x8e\xa1-\xae\xb0-\xba\xbc\xbd\xc0-\xc8]|[\xe0-\xfb\xfe]+[A-Za-z\xa1-\xbd])*"
)
"""Letters of its ANSEL set, and marks before what they stand over. A Chinese text of more than a few characters holds
octets that are neither."""
ESCAPE: Final = b"\x1b"
"""MARC-8 turns to another set of letters by it, to the Chinese one too, which is then all in octets below 128."""
LANGUAGE_AT: Final = slice(35, 38)
"""Place of the language in MARC 21's 008."""


@dataclass(frozen=True, slots=True)
class Bibliographic:
    """One record, as cells that `columns` reads."""

    title: dict[str, str]
    copies: tuple[dict[str, str], ...]
    unnamed: int
    """Fields of copies without a barcode."""
    octets: bytes
    format: Format


def cut(file: IO[bytes]) -> Iterator[bytes]:
    """The records of a file, end mark included; the last piece has none where the file ends, or goes on, without it."""
    rest = b""
    while piece := file.read(PIECE):
        *whole, rest = (rest + piece).split(END)
        yield from (bare + END for octets in whole if (bare := octets.lstrip(BETWEEN)))
        if len(rest) > MAX_RECORD:
            break
    if bare := rest.lstrip(BETWEEN):
        yield bare


BETWEEN: Final = b"\r\n\x00 \x1a"
"""What programs write between records."""


def chinese(file: IO[bytes]) -> Charset | None:
    """The charset of the records that are not in UTF-8; None: Chinese in none that is known, or no Chinese."""
    sample = bytearray()
    for octets in cut(file):
        if not _decodes(octets, "utf-8") and not _is_damaged_utf8(texts := _texts(octets)):
            sample += texts
        if len(sample) > SAMPLE:
            break
    return recognised(bytes(sample)) if sample else "utf-8"


def read(octets: bytes, expected: Format | None = None, charset: Charset | None = "gb18030") -> Bibliographic:
    """What one record says.

    Args:
        octets: the record with its end mark.
        expected: its format; None: by its fields.
        charset: of the Chinese texts in its file (`chinese`).

    Raises:
        Unfit: `record_end`, `record`, `record_octets`, `charset` or `record_title`.
    """
    if not octets.endswith(END):
        raise Unfit("record_end")
    if not _decodes(octets, "utf-8"):
        octets = _in_a_known_charset(octets, charset)
    record = decoded(octets, expected)
    form = expected or format_of(record)
    return Bibliographic(cells(record, form), *_copies(record, form), octets, form)


def cells(record: Record, form: Format) -> dict[str, str]:
    """What the fields of a title say, by column. Raises Unfit (`record_title`)."""
    title = {name: said for name, places in TITLE[form].items() if (said := _first(record, places))}
    control = record.get("001")
    if control is not None and (control.data or "").strip():
        title["control_number"] = (control.data or "").strip()
    fixed = record.get("008")
    if form == "marc21" and "language" not in title and fixed is not None:
        title["language"] = (fixed.data or "")[LANGUAGE_AT].strip(" |")
    bare = _bare(title)
    if "title" not in bare:
        raise Unfit("record_title")
    return bare


def format_of(record: Record) -> Format:
    """By the field of the title."""
    return "cnmarc" if record.get("200") is not None else "marc21"


# ---------------------------------------------------------------- inside a record
def decoded(octets: bytes, expected: Format | None) -> Record:
    """A record with its texts. Raises Unfit (`record`, `record_octets`)."""
    tags, fields = parts(octets)
    text = TEXTS[_charset(octets, tags, expected)]
    record = Record()
    try:
        record.leader = Leader(octets[:LEADER].decode("ascii"))
        record.fields = [_field(tag, field, text) for tag, field in zip(tags, fields, strict=True)]
    except UnicodeDecodeError:
        raise Unfit("record_octets") from None
    except (PymarcException, UnicodeError, ValueError, LookupError):
        raise Unfit("record") from None
    return record


def put_together(leader: bytes, tags: Sequence[str], fields: Sequence[bytes]) -> bytes:
    """A record of its fields. Lengths and places that its digits cannot say are the highest that they can."""
    directory, body = [], []
    place = 0
    for tag, field in zip(tags, fields, strict=True):
        directory.append(f"{tag}{min(len(field) + 1, MAX_FIELD):04}{min(place, MAX_OCTETS):05}".encode())
        body += [field, FIELD_END]
        place += len(field) + 1
    base = LEADER + ENTRY * len(tags) + 1
    length = min(base + place + 1, MAX_OCTETS)
    head = b"%05d" % length + leader[5:12] + b"%05d" % min(base, MAX_OCTETS) + leader[17:LEADER]
    return b"".join([head, *directory, FIELD_END, *body, END])


# ---------------------------------------------------------------- charsets
Text = Callable[[bytes], str]
TEXTS: Final[Mapping[str, Text]] = {
    "utf-8": lambda octets: octets.decode("utf-8"),
    "gb18030": lambda octets: octets.decode("gb18030"),
    "marc-8": lambda octets: str(marc8_to_unicode(octets, hide_utf8_warnings=True)),
}
"""What a kept record is in."""


def _charset(octets: bytes, tags: Sequence[str], expected: Format | None) -> str:
    """Name in TEXTS."""
    if _decodes(octets, "utf-8") and not (ESCAPE in octets and octets.isascii()):
        return "utf-8"
    if expected == "cnmarc" or (expected is None and "200" in tags) or _GB2312.fullmatch(octets):
        return "gb18030"
    foreign = ESCAPE not in octets and not _MARC8.fullmatch(octets) and _decodes(octets, "gb18030")
    return "gb18030" if foreign else "marc-8"


def is_marc8(octets: bytes) -> bool:
    """Whether a record is taken for MARC-8, and can be. Raises Unfit (`record`)."""
    western = ESCAPE in octets or _MARC8.fullmatch(octets) is not None
    return western and _charset(octets, parts(octets)[0], None) == "marc-8"


def _in_a_known_charset(octets: bytes, charset: Charset | None) -> bytes:
    """A record that is not in UTF-8, as it can be kept: one in Big5 becomes UTF-8.

    Raises:
        Unfit: `record_octets`: a record in UTF-8 or Big5 with octets that are neither; `charset`: of no known one.
    """
    texts = _texts(octets)
    if _is_damaged_utf8(texts):
        raise Unfit("record_octets")
    tags, fields = parts(octets)
    found, western = _charset(octets, tags, None), is_marc8(octets)
    if charset == "big5hkscs" and (not western or fits(texts, charset)):
        found = charset
    elif found == "marc-8" and not western:
        raise Unfit("charset")
    if found != "marc-8" and (found != charset or not fits(texts, charset)):
        raise Unfit("charset")
    if found != "big5hkscs":
        return octets
    try:
        return put_together(octets, tags, [field.decode(found).encode() for field in fields])
    except UnicodeDecodeError:
        raise Unfit("record_octets") from None


def _is_damaged_utf8(texts: bytes) -> bool:
    return strange(texts, "utf-8") < MANY and recognised(texts) == "utf-8"


def _texts(octets: bytes) -> bytes:
    """What a record says, without directory, marks and the codes of subfields."""
    return _MARKS.sub(b" ", octets[octets.find(FIELD_END) :])


_MARKS: Final = re.compile(rb"\x1f.|[\x1d\x1e]", re.DOTALL)


def _decodes(octets: bytes, charset: str) -> bool:
    try:
        octets.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def parts(octets: bytes) -> tuple[list[str], list[bytes]]:
    """Tags of the directory, and the fields between their end marks, in the same order. Raises Unfit (`record`)."""
    directory, *fields = octets.removesuffix(END).split(FIELD_END)
    entries = directory[LEADER:]
    tags = [entries[at : at + 3].decode("ascii", "replace") for at in range(0, len(entries), ENTRY)]
    if fields and not fields[-1]:
        fields.pop()
    if not tags or len(entries) % ENTRY or len(tags) != len(fields):
        raise Unfit("record")
    return tags, fields


def _field(tag: str, octets: bytes, text: Text) -> Field:
    if tag < "010" and tag.isdigit():
        return Field(tag, data=text(octets))
    said, *subfields = octets.split(SUBFIELD)
    indicators = Indicators(*f"{said.decode('ascii'):2.2}")
    return Field(tag, indicators, [Subfield(one[0], one[1:]) for one in map(text, subfields) if one])


def _first(record: Record, places: Iterable[Place]) -> str:
    for tag, codes, between in places:
        for field in record.get_fields(tag):
            said = [value.strip() for value in field.get_subfields(*codes) if value.strip()]
            if said:
                return between.join(said)
    return ""


def _copies(record: Record, form: Format) -> tuple[tuple[dict[str, str], ...], int]:
    """The copies, one a barcode (905 repeats it), and how many fields name none."""
    for tag, codes in COPIES[form]:
        fields = record.get_fields(tag)
        named = tuple(copy for field in fields for copy in _each(field, codes))
        if named:
            return named, sum(not _barcodes(field, codes) for field in fields)
    return (), 0


def _each(field: Field, codes: Mapping[str, str]) -> Iterator[dict[str, str]]:
    same = {name: said for name, code in codes.items() if (said := (field.get(code) or "").strip())}
    return (same | {"barcode": barcode} for barcode in _barcodes(field, codes))


def _barcodes(field: Field, codes: Mapping[str, str]) -> list[str]:
    return [said.strip() for said in field.get_subfields(codes["barcode"]) if said.strip()]


def _bare(title: dict[str, str]) -> dict[str, str]:
    """Cells that fit their columns: MARC's texts end in signs that lead to the next field."""
    bare = {name: said.strip(" /:;,") for name, said in title.items()}
    if "isbn" in bare:
        bare["isbn"] = bare["isbn"].split(" ")[0].split("(")[0]
    return {name: said for name, said in bare.items() if said}
