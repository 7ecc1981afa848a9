"""How one library system bends SIP2, as a value. Differences are data here, never branches elsewhere.

`load` reads a dialect that ships with the package (`dialects/*.toml`), `parse` the text of any other.
Every key has the specification's own meaning as its default; `generic.toml` explains each.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from wire.sip2.codes import PatronFlag

Code = Annotated[str, Meta(pattern=r"\A[A-Z][A-Z0-9]\Z")]
MessageId = Annotated[str, Meta(pattern=r"\A[0-9]{2}\Z")]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")

BARRING = (
    PatronFlag.CHARGE_DENIED,
    PatronFlag.CARD_LOST,
    PatronFlag.TOO_MANY_CHARGED,
    PatronFlag.TOO_MANY_OVERDUE,
    PatronFlag.TOO_MANY_RENEWALS,
    PatronFlag.TOO_MANY_CLAIMS_RETURNED,
    PatronFlag.TOO_MANY_LOST,
    PatronFlag.EXCESSIVE_FINES,
    PatronFlag.EXCESSIVE_FEES,
    PatronFlag.RECALL_OVERDUE,
    PatronFlag.TOO_MANY_BILLED,
)
"""All but renewal, recall and hold denied, which say nothing about borrowing."""


class BadDialect(ValueError):  # noqa: N818 - a verdict on the text
    """The text is no dialect; the message names the key by its path."""


class Checksum(Struct, frozen=True, forbid_unknown_fields=True):
    verify: Literal["strict", "log", "off"] = "strict"
    """strict: a wrong one is asked for again; log: taken, and its verdict kept; off: not looked at."""
    emit: Literal["spec", "dp2", "none"] = "spec"
    """spec: over the octets up to and with `AZ`; dp2: over the UTF-16 units before `|AY`; none: no AY, no AZ."""


class OkByText(Struct, frozen=True, forbid_unknown_fields=True):
    """Words in AF that outweigh the `ok` of an answer; `no` outweighs `yes`, no word leaves it as it is."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


class Dialect(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    charset: Literal["utf-8", "gbk", "gb18030", "big5", "cp850", "iso-8859-1", "ascii"] = "utf-8"
    """Such that CR, digits and capitals are one octet each, and CR is never part of another character."""
    terminator: Literal["\r", "\r\n", "\n"] = "\r"
    """Written after each message."""
    lf_ends: bool = False
    """A line feed ends what is read, as CR always does. False keeps a line feed inside a text harmless."""
    delimiter: Annotated[str, Meta(pattern=r"\A[!-/:-@\[-`{-~]\Z")] = "|"
    after_checksum: Literal["", "|"] = ""
    zone: Literal["    ", "   ", "0000"] = "    "
    """ZZZZ of local times that we write."""
    utc: bool = False
    """When something has happened is told in UTC, for an ACS that reads Z: its clock may be set to another
    zone than ours. False: in local time, as everybody reads it."""
    due_dates: tuple[str, ...] = ()
    """Forms of AH to try before the known ones (`wire.sip2.dates.due_date`)."""
    barring: tuple[PatronFlag, ...] = BARRING
    """The flags of the patron status with which a patron may not borrow."""
    checksum: Checksum = Checksum()
    echoes_sequence: bool = True
    """The ACS answers with the AY that it was asked with. False where it says a digit of its own: then
    nothing goes out again after a silence, for two answers could not be told apart."""
    retransmit: Literal["all", "queries"] = "queries"
    """What the SC sends again after a silence: all, where the ACS tells a repeated transaction from a new one."""
    repeat_login_in: tuple[MessageId, ...] = ()
    """Messages that carry the login user id once more, in CN."""
    ok_by_text: OkByText = OkByText()
    no_fixed: tuple[MessageId, ...] = ()
    """Messages that the peer writes without their fixed fields, and reads so."""
    rename: dict[MessageId, dict[Code, Code]] = {}
    """By message: the peer's code for a field, and the standard's. A peer's code that is renamed
    can no longer say what the standard says with it."""

    def bars(self, patron_status: frozenset[int]) -> bool:
        """True where a patron with these flags may not borrow."""
        return not patron_status.isdisjoint(self.barring)


def parse(text: str) -> Dialect:
    """A dialect from its TOML text.

    Raises:
        BadDialect: no TOML, an unknown key, or a value that is not allowed.
    """
    try:
        return msgspec.toml.decode(text, type=Dialect)
    except msgspec.MsgspecError as cause:
        raise BadDialect(str(cause)) from None


def load(name: str) -> Dialect:
    """A dialect of the package, by its name (`names`).

    Raises:
        BadDialect: there is none of this name.
    """
    place = files(__package__).joinpath("dialects", f"{name}.toml")
    if not _NAME.fullmatch(name) or not place.is_file():
        raise BadDialect(f"no dialect {name!r}; there are {', '.join(names())}")
    return parse(place.read_text(encoding="utf-8"))


def names() -> list[str]:
    """The dialects that ship with the package."""
    folder = files(__package__).joinpath("dialects")
    return sorted(
        entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")
    )
