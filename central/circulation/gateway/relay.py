"""What changes in a message on its way through the gateway. Pure.

outward   a terminal's request → the ILS: AO (and AP) as the ILS knows the branch; no account and no password
          of the terminal; times in the branch's civil time, now where there is none
inward    the ILS's answer → the terminal: AO as the terminal knows the branch; AA and AB as they were sent; the due
          date in a form that every terminal reads, in the branch's civil time; a sort bin where the ILS names none

All else passes as it is, fields that we do not declare among it. What a dialect renames, words otherwise or leaves
out is the codec's business, on either side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from central.circulation.gateway.journal import Where
from central.circulation.server.wording import civil
from central.config import SortBin
from wire.sip2.dates import due_date
from wire.sip2.declare import Message
from wire.sip2.forms import stamp
from wire.sip2.messages import CheckinResponse

CREDENTIALS = frozenset({"CN", "CO", "CP"})
"""Of the terminal, which end here: some repeat them in each message."""
DATED = frozenset({"transaction_date", "return_date"})
"""Which the specification never leaves blank; some terminals do."""
DATES = DATED | {"nb_due_date", "expiration_date"}
LAST_SECOND = time(23, 59, 59)
"""Until which a loan runs whose due date has no time of day."""


@dataclass(frozen=True, slots=True)
class Relay:
    """How one ILS knows us, and what it does not say."""

    institution: str
    """AO; empty: the terminal's branch."""
    institutions: dict[str, str]
    """AO by branch, where branches differ: of the branch or the nearest above it."""
    location: str
    """AP of a 09; empty: as AO."""
    bins: tuple[SortBin, ...]
    locations: dict[str, str] = field(default_factory=dict)
    """AP and CP by branch, in the same way."""
    above: Callable[[str], Sequence[str]] = lambda branch: (branch,)
    """A branch and all above it, itself first."""

    def outward(self, message: Message, terminal: Where, now: datetime | None = None) -> Message:
        """The request as the ILS is to have it; `now` is the date of what bears none, and has to bear one."""
        names = message.layout.names
        here = self.institution_of(terminal.branch)
        own = {
            "institution_id": here,
            "current_location": self.location_of(terminal.branch) or here,
            "terminal_password": "",
        }
        changes: dict[str, Any] = {name: value for name, value in own.items() if name in names}
        for name in names & DATES:
            changes[name] = civil(terminal.zone, getattr(message, name))
        for name in names & DATED:
            changes[name] = changes[name] or now
        changes["extra"] = tuple(pair for pair in message.extra if pair[0] not in CREDENTIALS)
        return message.but(**changes)

    def inward(self, answer: Message, request: Message, terminal: Where) -> Message:
        """The answer as the terminal is to have it."""
        names = answer.layout.names
        changes: dict[str, Any] = {"institution_id": terminal.branch} if "institution_id" in names else {}
        for name in ("patron_identifier", "item_identifier"):
            if name in names and (sent := getattr(request, name, "")):
                changes[name] = sent
        if due := getattr(answer, "due_date", ""):
            changes["due_date"] = last_moment(due, terminal.zone)
        if until := getattr(answer, "expiration_date", None):
            changes["expiration_date"] = civil(terminal.zone, until)
        if isinstance(answer, CheckinResponse) and not answer.sort_bin:
            changes["sort_bin"] = self._bin(answer, terminal.branch)
        return answer.but(**changes)

    def institution_of(self, branch: str) -> str:
        """AO of a branch."""
        return self._nearest(self.institutions, branch) or self.institution or branch

    def location_of(self, branch: str) -> str:
        """CP of the login, and AP, of a branch; empty where the gateway has none."""
        return self._nearest(self.locations, branch) or self.location

    def _nearest(self, by_branch: dict[str, str], branch: str) -> str:
        return next((by_branch[at] for at in self.above(branch) if at in by_branch), "") if by_branch else ""

    def _bin(self, answer: CheckinResponse, branch: str) -> str:
        """Where a sorter puts what came back: the first line that fits."""
        return next((line.bin for line in self.bins if _fits(line, answer, branch)), "")


def _fits(line: SortBin, answer: CheckinResponse, branch: str) -> bool:
    asked = (
        (line.branch, branch),
        (line.alert, answer.alert_type),
        (line.destination, answer.destination_location),
        (line.collection, answer.collection_code),
    )
    same = all(wanted in {"", found} for wanted, found in asked)
    return same and answer.call_number.startswith(line.call_number)


def last_moment(text: str, zone: str) -> str:
    """A due date as the specification's 18 characters in the civil time of a zone; prose stays as it is."""
    found = due_date(text)
    at = found if isinstance(found, datetime) or found is None else datetime.combine(found, LAST_SECOND)
    local = civil(zone, at)
    return text if local is None else stamp(local)


def due_day(text: str) -> str:
    """A due date as facts hold it: ISO 8601 where its form is known, else as it was worded.

    Args:
        text: in local time, as `last_moment` gives it.
    """
    found: date | datetime | None = due_date(text)
    return f"{found:%Y-%m-%d}" if found else text
