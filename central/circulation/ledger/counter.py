"""What the ledger's commands share: a desk for whoever sits at the command line, money in yuan, refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from central.circulation.ledger.yuan import fen
from central.config import Config
from central.options import change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from central.circulation.ledger.desk import Desk
    from central.circulation.ledger.outcomes import Refused
    from central.statements import Cursor

T = TypeVar("T")

with_branch = click.option(
    "--branch", default="", help="Id of the branch where it is done; without it the top of the network."
)


class Yuan(click.ParamType[int]):
    """Yuan with at most two decimals on the command line, 分 in the command."""

    name = "yuan"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The amount, above 0, or an error on the command line."""
        if isinstance(value, int):
            return value
        try:
            found = fen(str(value))
        except ValueError as cause:
            self.fail(str(cause), param, ctx)
        if found <= 0:
            self.fail(f"{value!r} is not above 0", param, ctx)
        return found


class Counter(NamedTuple):
    """One transaction at the command line."""

    session: Session
    cursor: Cursor
    desk: Desk


@contextmanager
def counter(config: Config, branch: str = "") -> Iterator[Counter]:
    """A transaction that is committed at its end, at a branch or at the top of the network."""
    from sqlalchemy import select

    from central.circulation.ledger.desk import Desk
    from central.clock_ms import now_ms
    from central.fleet.models import Branch
    from central.statements import Cursor

    with change(config) as session:
        here = Branch.id == branch if branch else Branch.parent_id.is_(None)
        place = session.scalars(select(Branch).where(here).order_by(Branch.position, Branch.id)).first()
        if place is None:
            raise click.ClickException(f"unknown branch {branch}" if branch else "there is no branch yet")
        yield Counter(session, Cursor(session.connection()), Desk("cli", place.id, place.zone, now_ms()))


def done(outcome: T | Refused) -> T:
    """What was done; a refusal ends the command in the catalogue's words."""
    from central.circulation.ledger.outcomes import Refused
    from wire import faults

    if isinstance(outcome, Refused):
        told = faults.fault(outcome.number)
        raise click.ClickException(f"{told.title.en}. {told.staff.en}")
    return outcome
