"""Records written: the kept one with what was changed since, or one made of the cells; always in UTF-8, and saying so
where others look for it: MARC 21 in the leader, CNMARC in field 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pymarc import Field, Indicators, Leader, Record, Subfield

from central.circulation.catalogue.columns import TITLE, Unfit, fit
from central.circulation.catalogue.marc import (
    CALL_NUMBER,
    COPIES,
    ENTRY,
    FIELD_END,
    LEADER,
    MAX_OCTETS,
    Format,
    Place,
    cells,
    decoded,
)
from central.circulation.catalogue.marc import TITLE as PLACES

BLANK: Final = Indicators(" ", " ")
MADE: Final = {"cnmarc": "     nam0 22        450 ", "marc21": "     nam a22        4500"}
"""Leaders: new, text, a book."""
CHARSET_AT: Final = 26
"""In 100 $a of CNMARC."""
UTF8: Final = "50  "
GENERAL: Final = 36
"""Characters of 100 $a."""


def corrected(
    said: Mapping[str, str], copies: Iterable[Mapping[str, str]], octets: bytes, form: Format
) -> Record:
    """A record with these copies.

    Args:
        said: cells of the title, by column.
        copies: cells of its items.
        octets: the kept record; empty where there is none.
        form: its format.
    """
    record = decoded(octets, form) if octets else _made(form)
    _correct(record, said, form)
    if form == "cnmarc":
        _say_charset(record)
    for tag, codes in COPIES[form]:
        if tag == COPIES[form][0][0] or _names_copies(record, tag, codes["barcode"]):
            record.remove_fields(tag)
    for copy in copies:
        record.add_ordered_field(_copy(copy, said.get("call_number", ""), form))
    leader = str(record.leader)
    record.leader = Leader(leader[:9] + "a" + leader[10:])
    return record


def write(said: Mapping[str, str], copies: Iterable[Mapping[str, str]], octets: bytes, form: Format) -> bytes:
    """Such a record (`corrected`) in ISO 2709.

    Raises:
        Unfit: `record`: it is longer than ISO 2709 can say.
    """
    record = corrected(said, copies, octets, form)
    record.force_utf8 = True
    written = bytes(record.as_marc())
    directory = written.find(FIELD_END) - LEADER
    if len(written) > MAX_OCTETS or directory != ENTRY * len(record.fields):
        raise Unfit("record")
    return written


def split(
    said: Mapping[str, str], copies: Sequence[Mapping[str, str]], octets: bytes, form: Format
) -> Iterable[bytes]:
    """As many records as it takes to hold all copies; what no record can hold beside them is left out."""
    try:
        yield write(said, copies, octets, form)
    except Unfit:
        half = len(copies) // 2
        if half:
            yield from split(said, copies[:half], octets, form)
            yield from split(said, copies[half:], octets, form)
        elif octets:
            yield write(said, copies, b"", form)
        else:
            raise


def _names_copies(record: Record, tag: str, code: str) -> bool:
    return any(field.get(code) for field in record.get_fields(tag))


def _made(form: Format) -> Record:
    """An empty one; pymarc begins with the leader of MARC 21, whatever it is given."""
    record = Record(force_utf8=True)
    record.leader = Leader(MADE[form])
    return record


def _copy(copy: Mapping[str, str], call_number: str, form: Format) -> Field:
    tag, codes = COPIES[form][0]
    subfields = [Subfield(code, copy[name]) for name, code in codes.items() if copy.get(name)]
    if call_number:
        subfields.append(Subfield(CALL_NUMBER[form], call_number))
    return Field(tag=tag, indicators=BLANK, subfields=subfields)


def _say_charset(record: Record) -> None:
    """What was kept may be in GB 18030 and say so; some readers refuse a record that says nothing."""
    if not record.get_fields("100"):
        record.add_ordered_field(Field(tag="100", indicators=BLANK, subfields=[Subfield("a", "")]))
    (field, *_) = record.get_fields("100")
    kept = field.get("a") or ""
    said = f"{kept[:CHARSET_AT]:{CHARSET_AT}}{UTF8}{kept[CHARSET_AT + len(UTF8) :]}"
    field.subfields = [
        Subfield("a", f"{said:{GENERAL}}"),
        *(one for one in field.subfields if one.code != "a"),
    ]


# ---------------------------------------------------------------- fields of the title
def _correct(record: Record, said: Mapping[str, str], form: Format) -> None:
    """What the record does not say as the columns do is said anew; all else stays."""
    try:
        kept = cells(record, form)
    except Unfit:  # a record that is being made
        kept = {}
    for column in TITLE:
        cell, there = said.get(column.name, ""), fit(column, kept.get(column.name, ""))
        if cell == ("" if there is None else column.write(there)) or column.name == "call_number":
            continue
        if column.name == "control_number":
            record.remove_fields("001")
            if cell:
                record.add_ordered_field(Field(tag="001", data=cell))
        else:
            _say(record, PLACES[form][column.name], cell)


def _say(record: Record, places: Iterable[Place], cell: str) -> None:
    """Put a cell where the old one stood, else into the first of its places."""
    for tag, codes, _ in places:
        for field in record.get_fields(tag):
            if field.get_subfields(*codes):
                rest = [subfield for subfield in field.subfields if subfield.code not in codes]
                field.subfields = [Subfield(codes[0], cell), *rest] if cell else rest
                if not field.subfields:
                    record.remove_field(field)
                return
    if cell:
        (tag, codes, _), *_others = places
        fields = record.get_fields(tag)
        if not fields:
            fields = [Field(tag=tag, indicators=BLANK, subfields=[])]
            record.add_ordered_field(*fields)
        fields[0].add_subfield(codes[0], cell)
