"""How one library system bends SIP2, as a value. Differences are data here, never branches elsewhere.

`load` reads a dialect that ships with the package (`dialects/*.toml`), `parse` the text of any other, `merge`
lays the few keys that one site or one account has otherwise over a dialect.
Every key has the specification's own meaning as its default; `generic.toml` explains each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from wire.sip2.codes import PatronFlag
from wire.sip2.declare import FixedField, VariableField
from wire.sip2.forms import TEXT
from wire.sip2.messages import MESSAGES

Code = Annotated[str, Meta(pattern=r"\A[A-Z][A-Z0-9]\Z")]
Charset = Literal["utf-8", "gbk", "gb18030", "big5", "cp850", "iso-8859-1", "ascii"]
MessageId = Annotated[str, Meta(pattern=r"\A[0-9]{2}\Z")]

SAMPLE = datetime(2026, 12, 25, 22, 41, 21)  # noqa: DTZ001 - no zone is meant
"""A moment that any form of a date can say."""

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
    # ---- octets
    charset: Charset = "utf-8"
    """Such that CR, digits and capitals are one octet each, and CR is never part of another character."""
    terminator: Literal["\r", "\r\n", "\n"] = "\r"
    """Written after each message."""
    lf_ends: bool = False
    """A line feed ends what is read, as CR always does. False keeps a line feed inside a text harmless."""
    delimiter: Annotated[str, Meta(pattern=r"\A[!-/:-@\[-`{-~]\Z")] = "|"
    before_checksum: Literal["", "|"] = ""
    """Written before AY where nothing has ended in a delimiter: some cannot find AY without one."""
    after_checksum: Literal["", "|"] = ""
    checksum: Checksum = Checksum()
    # ---- the conversation
    opening: tuple[Literal["93", "99"], ...] = ("93", "99")
    """What the SC says first on a connection, in this order: 93 where it has an account, 99 where the ACS
    tells how it is."""
    status_before_each: bool = False
    """The SC sends 99 before every request, as it is used to by an ACS that expects it."""
    means_status: bool = True
    """Checkin ok and checkout ok of the 98 say what the ACS takes from this SC. False where it takes it anyway."""
    means_desensitize: bool = True
    """Desensitize N of a 12 says that what was lent stays in the building. False where it says nothing."""
    lacks: tuple[MessageId, ...] = ("21", "27", "81", "85", "91")
    """Requests that the ACS does not know. Nobody sends them; without 97 a spoilt answer ends the connection."""
    echoes_sequence: bool = True
    """The ACS answers with the AY that it was asked with. False where it says a digit of its own: then
    nothing goes out again after a silence, for two answers could not be told apart."""
    retransmit: Literal["all", "queries"] = "queries"
    """What the SC sends again after a silence: all, where the ACS tells a repeated transaction from a new one."""
    repeat_login_in: tuple[MessageId, ...] = ()
    """Messages that carry the login user id once more, in CN."""
    institution: str = ""
    """AO of the SC where its own settings name none."""
    # ---- fields
    zone: Literal["    ", "   ", " ", "0000"] = "    "
    """ZZZZ of local times that we write."""
    utc: bool = False
    """When something has happened is told in UTC, for an ACS that reads Z: its clock may be set to another
    zone than ours. False: in local time, as everybody reads it."""
    due_dates: tuple[str, ...] = ()
    """Forms of AH to try before the known ones (`wire.sip2.dates.due_date`)."""
    due_date_form: str = ""
    """The form in which AH is written; empty: as it stands in the message."""
    no_fixed: tuple[MessageId, ...] = ()
    """Messages that the peer writes without their fixed fields, and reads so."""
    blank_fixed: tuple[MessageId, ...] = ()
    """Messages whose fixed fields are written as blanks."""
    nb_due_date_always: bool = False
    """The no-block due date of 11, 29 and 81 is a date always, the transaction's own where nothing is told after the
    event, as in the specification's example (p. 4). False: blanks."""
    rename: dict[MessageId, dict[Code, Code]] = {}
    """By message: the peer's code for a field, and the standard's. A peer's code that is renamed
    can no longer say what the standard says with it."""
    values: dict[MessageId, dict[str, dict[str, str]]] = {}
    """By message and attribute: the peer's value of a text, and the standard's."""
    hide: dict[MessageId, tuple[Code, ...]] = {}
    """By message: fields that are not written, by their standard codes; a required one is left empty."""
    list_separator: Literal["", ",", ";"] = ""
    """Between item numbers where the peer lists them in one field. We write one a field always."""
    lists_titles: bool = False
    """The lists of a patron's items name titles: nobody can look an item up in them."""
    # ---- meanings
    barring: tuple[PatronFlag, ...] = BARRING
    """The flags of the patron status with which a patron may not borrow."""
    ok_by_text: OkByText = OkByText()
    faults: bool = False
    """YF is a number of Shuwu's catalogue of faults. False: it is read as nothing and never written."""

    keeps_payments: bool = False
    """A payment (37) that is told again under its number (BK) is the same payment. False: nothing is known of that,
    and it is told again only while all of its money is open."""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        for wrong in _contradictions(self):
            raise ValueError(wrong)

    def __hash__(self) -> int:
        """What is made of a dialect is kept by it; a few bear the same title, and equality tells them apart."""
        return hash(self.title)

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


def merge(base: Dialect, overrides: str) -> Dialect:
    """A dialect with other values for the keys that a TOML text names; tables are merged key by key.

    Raises:
        BadDialect: as `parse`.
    """
    try:
        over = msgspec.toml.decode(overrides)
        return msgspec.convert(_laid_over(msgspec.to_builtins(base), over), Dialect)
    except msgspec.MsgspecError as cause:
        raise BadDialect(str(cause)) from None


def _laid_over(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _laid_over(base[key], value)
        for key, value in over.items()
        if isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
    }
    return {**base, **over, **both}


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


# ---------------------------------------------------------------- contradictions
def _contradictions(dialect: Dialect) -> Iterator[str]:
    """What is wrong with a dialect whose keys and types are right."""
    yield from _unreadable(dialect)
    for key in ("lacks", "repeat_login_in", "no_fixed", "blank_fixed", "rename", "values", "hide"):
        for unknown in (number for number in getattr(dialect, key) if number not in MESSAGES):
            yield f"no message {unknown} - at `$.{key}`"
    for missed in set(dialect.lacks).intersection(dialect.opening):
        yield f"{missed} opens a connection, and is lacking - at `$.lacks`"
    if "99" in dialect.lacks and dialect.status_before_each:
        yield "99 is lacking - at `$.status_before_each`"
    for number, table in dialect.values.items():
        layout = MESSAGES[number].layout
        declared: list[FixedField | VariableField] = [*layout.fixed, *layout.variable]
        texts = {field.name for field in declared if field.form is TEXT}
        for name in table.keys() - texts:
            yield f"{number} has no text {name!r} - at `$.values.{number}`"


def _unreadable(dialect: Dialect) -> Iterator[str]:
    for key, forms in (("due_dates", dialect.due_dates), ("due_date_form", (dialect.due_date_form,))):
        for form in filter(None, forms):
            try:
                datetime.strptime(f"{SAMPLE:{form}}", form)  # noqa: DTZ007 - only whether it can be read
            except ValueError:
                yield f"{form!r} is no form of a date - at `$.{key}`"
