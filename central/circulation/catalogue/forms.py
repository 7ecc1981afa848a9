"""Which form a file has: by what it begins with, else by the ending of its name."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from typing import IO, Final, Literal

from central.circulation.catalogue.columns import Unfit

Form = Literal["csv", "xlsx", "mrc", "xml"]

RECORDS: Final[frozenset[Form]] = frozenset({"mrc", "xml"})
"""Those of records, which are counted instead of lines."""
HEAD: Final = 64
"""Octets that are looked at."""
PACKED: Final = b"PK\x03\x04"
OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis."
"""Name and beginning of the first part of such a packed file."""
COMPOUND: Final = bytes.fromhex("d0cf11e0a1b11ae1")
"""A compound file: a workbook of old, and what is left of one with a password."""
ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
MAX_COMPOUND: Final = 64 * 1024 * 1024
"""Octets in which the name of its only part is looked for, wherever its folder stands."""
_RECORD: Final = re.compile(rb"[\r\n\x00 \x1a]*\d{5}[ -~]{7}\d{5}[ -~]{7}[0-9A-Za-z]{3}\d{9}")
"""Leader and first entry of an ISO 2709 record."""
_XML: Final = re.compile(rb"\s*<")
ENDINGS: Final[Mapping[str, Form]] = {
    "csv": "csv",
    "txt": "csv",
    "tsv": "csv",
    "xlsx": "xlsx",
    "mrc": "mrc",
    "iso": "mrc",
    "marc": "mrc",
    "xml": "xml",
}


def form_of(file: IO[bytes], name: str) -> Form:
    """The form of a file, which is left at its beginning.

    Raises:
        Unfit: `empty`, `format`, `old_workbook`, `encrypted` or `open_document`.
    """
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise Unfit("empty")
    if head.startswith(PACKED) and OPEN_DOCUMENT in head:
        raise Unfit("open_document")
    if head.startswith(PACKED):
        return "xlsx"
    if head.startswith(COMPOUND):
        raise Unfit("encrypted" if ENCRYPTED in file.read(MAX_COMPOUND) else "old_workbook")
    if _RECORD.match(head):
        return "mrc"
    if _XML.match(_narrow(head)):
        return "xml"
    try:
        return ENDINGS[name.rpartition(".")[2].casefold()]
    except KeyError:
        raise Unfit("format") from None


def _narrow(head: bytes) -> bytes:
    """Its ASCII, without the marks of Unicode."""
    for mark in (BOM_UTF8, BOM_UTF16_LE, BOM_UTF16_BE):
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"")
