"""What a form of the desk says, and how the outcome of a verb is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from flask import abort, flash
from flask_babel import gettext

from central.circulation.ledger.outcomes import Refused, RenewedAll
from central.circulation.ledger.yuan import fen
from central.web.language import words as say
from wire import faults

MAX_NUMBER = 2**31 - 1


class Wrong(ValueError):  # noqa: N818 - a verdict on what was typed
    """What was typed cannot be. The argument says why, in the language of who typed it."""

    @property
    def told(self) -> str:
        return str(self.args[0])


class Form:
    """The fields of a form, by what they are."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said

    def text(self, name: str, limit: int) -> str:
        """A text on one line, empty where there is none, cut at its limit."""
        return " ".join(self._said.get(name, "").split())[:limit]

    def day(self, name: str) -> date | None:
        """A date, None where there is none. Raises Wrong."""
        said = self._said.get(name, "")
        if not said:
            return None
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise Wrong(gettext("That is no date.")) from None

    def yuan(self, name: str) -> int:
        """An amount above 0, in 分. Raises Wrong."""
        found = self.fen(name)
        if found == 0:
            raise Wrong(gettext("That is no amount."))
        return found

    def fen(self, name: str) -> int:
        """An amount of yuan in 分, 0 where there is none. Raises Wrong."""
        try:
            found = fen(self._said.get(name, "").strip() or "0")
        except ValueError:
            found = -1
        if found < 0:
            raise Wrong(gettext("That is no amount."))
        return found

    def number(self, name: str) -> int | None:
        """A row's number, None where there is none; 400 for anything else."""
        said = self._said.get(name, "")
        if not said:
            return None
        if not re.fullmatch(r"[0-9]{1,10}", said) or int(said) > MAX_NUMBER:
            abort(400)
        return int(said)

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """One of these words; 400 for any other."""
        said = self._said.get(name, "")
        return said if said in allowed else abort(400)


def say_outcome(outcome: object) -> bool:
    """Tell a refusal in the catalogue's words, anything else as done; whether it was done."""
    if isinstance(outcome, Refused):
        fault = faults.fault(outcome.number)
        flash(f"{say(fault.title)} · {say(fault.staff)}", "bad")
        return False
    if isinstance(outcome, RenewedAll):
        told = gettext("%(yes)s renewed, %(no)s not.", yes=len(outcome.renewed), no=len(outcome.unrenewed))
        flash(told, "bad" if outcome.unrenewed else "good")
        return True
    flash(gettext("Done."), "good")
    return True
