"""MARCXML: records of MARC 21 and CNMARC in XML, and back.

- It is read by the piece, never whole. A record becomes ISO 2709 in UTF-8 at once and is then read like any other.
- The schema of the Library of Congress, MarcXchange (ISO 25577) and dp2's have the same elements. Whatever stands
  around a record (OAI-PMH, SRU, dp2's own) is passed over.
- A file names its charset itself. A DOCTYPE, and with it every entity, is refused.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator, Mapping
from typing import IO, Final
from xml.etree.ElementTree import tostring
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from pymarc import Leader, Record
from pymarc.marcxml import record_to_xml_node

from central.circulation.catalogue import marc
from central.circulation.catalogue.columns import Unfit
from central.circulation.catalogue.marc_writing import MADE

SPACE: Final = "http://www.loc.gov/MARC21/slim"
SPACES: Final = frozenset(
    {
        None,
        SPACE,
        "info:lc/xmlns/marcxchange-v1",
        "info:lc/xmlns/marcxchange-v2",
        "http://dp2003.com/UNIMARC",
    }
)
INSIDE: Final[Mapping[str, frozenset[str]]] = {
    "record": frozenset({"leader", "controlfield", "datafield"}),
    "datafield": frozenset({"subfield"}),
}
"""Element → the elements that are read in it; all else is passed over, with what is in it."""
CONTROL: Final = re.compile(r"00[0-9A-Za-z]")
DATA: Final = re.compile(r"(?!00)[0-9A-Za-z]{3}")
"""Tags. Those of some systems alone (`FMT` of a control field) have no place in a record."""
PIECE: Final = 1 << 16
SILENT: Final = 16
"""Pieces without an element or a text: a tag, or a comment, of 1 MiB."""
ELEMENT: Final = 16
"""What an element counts beside its text, against records of empty ones without end."""
DEPTH: Final = 64
"""Elements within each other: the parser remembers each that is open."""
NAMES: Final = 4096
"""Of elements, attributes and namespaces: the parser remembers each that was ever said."""
CHARSETS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "windows-1251": "cp1251",
}
"""What a file may name."""
STARTS: Final[Mapping[bytes, str]] = {
    BOM_UTF8: "utf-8-sig",
    BOM_UTF16_LE: "utf-16",
    BOM_UTF16_BE: "utf-16",
    b"<\x00": "utf-16-le",
    b"\x00<": "utf-16-be",
}
"""What outweighs it."""
_NAMED: Final = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def charset_of(file: IO[bytes], chosen: str | None = None) -> str:
    """The codec of a file's text, which it names itself; the file is left at its beginning.

    Args:
        file: it, at its beginning.
        chosen: what a person has named, which outweighs it.

    Raises:
        Unfit: `xml_unknown`.
    """
    head = file.read(PIECE)
    file.seek(0)
    start = next((charset for start, charset in STARTS.items() if head.startswith(start)), None)
    if chosen is not None:
        return start or "utf-16-le" if chosen == "utf-16" else chosen
    named = _NAMED.match(head)
    said = named[1].decode("ascii").casefold() if named else "utf-8"
    charset = start or CHARSETS.get(said)
    if charset is None:
        raise Unfit("xml_unknown", said=said[:40])
    return charset


def records(file: IO[bytes], charset: str = "utf-8") -> Iterator[bytes | Unfit]:
    """The records of a file in ISO 2709, or what is wrong with one; a file that is damaged ends with that.

    Args:
        file: it, at its beginning.
        charset: the codec of its text, whatever it names.

    What is wrong: `record` (no field that can be), `record_long`, `xml` with line and column, `xml_charset` with
    the line, `xml_doctype`, `xml_none` (no record in it).
    """
    parser = DefusedExpatParser(namespaceHandling=1, forbid_dtd=True)
    found = _Records(parser)
    parser.setContentHandler(found)
    count = 0
    for wrong in _fed(parser, found, _texts(file, charset)):
        count += len(found.read)
        yield from found.read
        found.read.clear()
        if wrong is not None:
            count += 1
            yield wrong
    if not count:
        yield Unfit("xml_none")


def _fed(parser: DefusedExpatParser, found: _Records, texts: Iterator[str]) -> Iterator[Unfit | None]:
    """After each piece None; at last what is wrong with the file, where something is."""
    silent = 0
    try:
        for text in texts:
            heard = found.heard
            parser.feed(text)
            silent = silent + 1 if found.heard == heard else 0
            if silent > SILENT:
                raise Unfit("xml", said=found.place())  # noqa: TRY301 - told as all that is wrong with the file
            yield None
        parser.close()
        yield None
    except SAXParseException as cause:
        yield Unfit("xml", said=_place(cause))
    except DefusedXmlException:
        yield Unfit("xml_doctype")
    except Unfit as cause:
        yield cause


def _texts(file: IO[bytes], charset: str) -> Iterator[str]:
    """The file's text by the piece: Python knows the charsets of several octets, the parser does not."""
    decoder = getincrementaldecoder(charset)()
    line, head = 1, file.read(PIECE)
    while head:
        piece, head = head, file.read(PIECE)
        try:
            text = decoder.decode(piece, final=not head)
        except UnicodeDecodeError as cause:
            line += cause.object[: cause.start].count(b"\n")
            raise Unfit("xml_charset", said=str(line)) from None
        line += text.count("\n")
        yield text


class _Records(ContentHandler):
    """Elements to records."""

    def __init__(self, at: Locator) -> None:
        super().__init__()
        self.read: list[bytes | Unfit] = []
        """Not handed out yet."""
        self.heard = 0
        """Elements and texts so far."""
        self._depth = 0
        self._names: set[object] = set()
        self._path: list[str] = []
        """Elements that are open, from the record on; empty outside of one."""
        self._passed = 0
        """Elements that are open and passed over."""
        self._at = at
        self._begin()

    def place(self) -> str:
        """Line and column."""
        return _place(self._at)

    def startElementNS(  # noqa: N802 - SAX's name
        self, name: tuple[str | None, ...], _qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        self.heard += 1
        self._depth += 1
        self._remember(name, *attrs.keys())
        space, local = name[0], str(name[-1])  # of a namespace with blanks the parser makes several
        known = space in SPACES
        if known and local == "record":
            self._begin()
            self._path, self._passed = ["record"], 0
        elif self._passed or (self._path and not (known and local in INSIDE.get(self._path[-1], ()))):
            self._passed += 1
        elif self._path:
            self._open(local, {key[-1]: value for key, value in attrs.items()})

    def endElementNS(self, _name: tuple[str | None, ...], _qname: str | None) -> None:  # noqa: N802 - SAX's name
        self.heard += 1
        self._depth -= 1
        if self._passed:
            self._passed -= 1
        elif self._path:
            self._close(self._path.pop())

    def startPrefixMapping(self, prefix: str | None, uri: str | None) -> None:  # noqa: N802 - SAX's name
        self._remember((prefix, uri))

    def characters(self, content: str) -> None:
        self.heard += 1
        if self._path and not self._passed and self._path[-1] not in INSIDE:
            self._count(len(content))
            self._text.append(content)

    def _remember(self, *names: object) -> None:
        """What the parser holds is bounded. Raises Unfit (`xml`)."""
        self._names.update(names)
        if self._depth > DEPTH or len(self._names) > NAMES:
            raise Unfit("xml", said=self.place())

    # ------------------------------------------------------------ inside a record
    def _begin(self) -> None:
        self._leader = ""
        self._tags: list[str] = []
        self._fields: list[bytes] = []
        self._field: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._wrong: Unfit | None = None

    def _count(self, size: int) -> None:
        """What a record holds is bounded; of one that is longer nothing is kept."""
        self._size += size
        if self._size > marc.MAX_RECORD:
            self._wrong = Unfit("record_long", said=self.place())
            self._tags, self._fields, self._field, self._text = [], [], [], []

    def _open(self, local: str, said: Mapping[str, str]) -> None:
        self._count(ELEMENT)
        tag = {"controlfield": CONTROL, "datafield": DATA}.get(local)
        if tag is not None and not tag.fullmatch(said.get("tag", "")):
            self._passed += 1
            return
        self._path.append(local)
        self._text = []
        if local == "controlfield":
            self._tags.append(said["tag"])
        elif local == "datafield":
            self._tags.append(said["tag"])
            self._field = [_sign(said.get("ind1")), _sign(said.get("ind2"))]
        elif local == "subfield":
            self._field.append(f"\x1f{_sign(said.get('code'))}")

    def _close(self, local: str) -> None:
        text, self._text = "".join(self._text), []
        if local == "leader":
            self._leader = text
        elif local == "controlfield":
            self._fields.append(text.encode())
        elif local == "subfield":
            self._field.append(text)
        elif local == "datafield":
            self._fields.append("".join(self._field).encode())
        else:
            self.read.append(self._whole())

    def _whole(self) -> bytes | Unfit:
        if self._wrong is not None or not self._tags:
            return self._wrong or Unfit("record", said=self.place())
        form: marc.Format = "cnmarc" if "200" in self._tags else "marc21"
        leader = (self._leader.strip("\r\n\t") or MADE[form]).encode("ascii", "replace")
        return marc.put_together(leader[: marc.LEADER].ljust(marc.LEADER), self._tags, self._fields)


def _place(at: Locator | SAXParseException) -> str:
    return f"{at.getLineNumber()}:{(at.getColumnNumber() or 0) + 1}"


def _sign(said: str | None) -> str:
    """An indicator or a code: one ASCII character."""
    return said if said and len(said) == 1 and said.isascii() and said.isprintable() else " "


# ---------------------------------------------------------------- back
HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{SPACE}">\n'.encode()
FOOT: Final = b"</collection>\n"
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to say."""


def element(record: Record) -> bytes:
    """A record, to stand between HEAD and FOOT; lengths mean nothing there, and what was kept may bear false ones."""
    leader = str(record.leader)
    record.leader = Leader(f"00000{leader[5:12]}00000{leader[17:]}")
    node = record_to_xml_node(record, quiet=True)  # type: ignore[no-untyped-call] # pymarc types it not
    text = tostring(node, encoding="unicode")
    return f"{_NO_XML.sub('', text)}\n".encode()
