"""Records in a charset that a person has named, to UTF-8, in which they are then read and kept.

Nothing is recognised here, and no octet is passed over: what is no character of that charset is an error with its field.
MARC-8 that is told from all else stays as it is, since it has characters that pymarc cannot say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pymarc.marc8_mapping import CODESETS

from central.circulation.catalogue import marc
from central.circulation.catalogue.columns import Unfit

ASCII: Final = 0x7F
ANSEL: Final = frozenset(CODESETS[0x45]) | {0x88, 0x89, 0x8D, 0x8E}
"""Octets above ASCII that MARC-8 has where it has turned to no other set of letters; the four are marks of sorting."""


def recoded(octets: bytes, codec: str) -> bytes:
    """A record as it can be read and kept.

    Args:
        octets: the record with its end mark.
        codec: one of `charsets.CHOICES`, but UTF-16.

    Raises:
        Unfit: `record_end`, `record`, or `record_octets` with the tag of the field.
    """
    if not octets.endswith(marc.END):
        raise Unfit("record_end")
    if octets.isascii() or (codec == "marc-8" and marc.is_marc8(octets)):
        return octets
    tags, fields = marc.parts(octets)
    read: Callable[[bytes], str] = _marc8 if codec == "marc-8" else lambda field: field.decode(codec)
    texts = []
    for tag, field in zip(tags, fields, strict=True):
        try:
            texts.append(read(field).encode())
        except UnicodeDecodeError:
            raise Unfit("record_octets", column=tag) from None
    return marc.put_together(octets, tags, texts)


def _marc8(field: bytes) -> str:
    """Each subfield begins in Latin letters again. Raises UnicodeDecodeError."""
    if marc.ESCAPE not in field:
        high = (at for at, octet in enumerate(field) if octet > ASCII and octet not in ANSEL)
        for at in high:
            raise UnicodeDecodeError("marc-8", field, at, at + 1, "no character of ANSEL")
    return "\x1f".join(map(marc.TEXTS["marc-8"], field.split(marc.SUBFIELD)))
