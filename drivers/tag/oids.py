"""The data elements of ISO 28560-1 (GB/T 35660.1-2017): object identifier, abbreviation, meaning."""

from __future__ import annotations

from typing import NamedTuple


class DataElement(NamedTuple):
    """One row of the standard's table."""

    oid: int
    code: str
    title: str


TABLE = (
    DataElement(1, "PII", "primary item identifier"),
    DataElement(2, "CP", "content parameter"),
    DataElement(3, "OI", "owner institution (ISIL)"),
    DataElement(4, "SI", "set information"),
    DataElement(5, "TU", "type of usage"),
    DataElement(6, "SL", "shelf location"),
    DataElement(7, "OMF", "ONIX media format"),
    DataElement(8, "MMF", "MARC media format"),
    DataElement(9, "SID", "supplier identifier"),
    DataElement(10, "ON", "order number"),
    DataElement(11, "IBI", "ILL borrowing institution (ISIL)"),
    DataElement(12, "ITN", "ILL borrowing transaction number"),
    DataElement(13, "GPI", "GS1 product identifier"),
    DataElement(14, "AUII", "alternative unique item identifier"),
    DataElement(15, "LDA", "local data A"),
    DataElement(16, "LDB", "local data B"),
    DataElement(17, "T", "title"),
    DataElement(18, "PIL", "product identifier (local)"),
    DataElement(19, "MF", "media format (other)"),
    DataElement(20, "SCS", "supply chain stage"),
    DataElement(21, "SIN", "supplier invoice number"),
    DataElement(22, "AII", "alternative item identifier"),
    DataElement(23, "AOI", "alternative owner institution"),
    DataElement(24, "SOI", "subsidiary of an owner institution"),
    DataElement(25, "AIBI", "alternative ILL borrowing institution"),
    DataElement(26, "LDC", "local data C"),
)

_CODES = {each.oid: each.code for each in TABLE}
_OIDS = {each.code: each.oid for each in TABLE}


def code(oid: int) -> str:
    """The abbreviation; the number itself where the standard has none."""
    return _CODES.get(oid, str(oid))


def oid(code: str) -> int | None:
    """The identifier of an abbreviation, in either case, or of a number; None where there is none."""
    if known := _OIDS.get(code.upper()):
        return known
    return int(code) if code.isascii() and code.isdigit() and 0 < int(code) <= MAX_OID else None


MAX_OID = 15 + 255
"""Four bits, and one octet more."""
