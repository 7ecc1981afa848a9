"""Chores of the lists: `shuwu-central lists …`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from central.config import Config
from central.options import change, database, with_config

if TYPE_CHECKING:
    from wire.ids import ListName

SHOWN_ERRORS = 50


@click.group()
def lists() -> None:
    """Lists by which kiosks decide while the library system is silent."""


@lists.command(name="import")
@with_config
@click.argument("name", type=click.Choice(["allow", "deny", "hold"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--branch", default=None, help="For it and all below; without it, for the whole network.")
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="Kept for so long.")
@click.option("--apply", "applied", is_flag=True, help="Keep it; without this it is only looked at.")
def import_(config: Config, name: ListName, file: Path, branch: str | None, days: int, applied: bool) -> None:
    """Take a list from a CSV file in the place of the one imported before."""
    from central.accounts.operations import record
    from central.clock_ms import now_ms
    from central.lists import imports
    from central.lists.operations import Unfit
    from central.lists.words import WHY

    parsed = imports.parse(file.read_bytes(), name)
    for line, wrong in parsed.errors[:SHOWN_ERRORS]:
        click.echo(f"line {line}: {wrong}", err=True)
    if parsed.errors:
        raise click.ClickException(f"{len(parsed.errors)} wrong lines; nothing was kept")
    readers = sum(number.kind == "reader" for number in parsed.numbers)
    click.echo(f"{readers} cards, {len(parsed.numbers) - readers} items for {branch or 'the whole network'}")
    if not applied:
        click.echo("nothing was kept; --apply keeps it")
        return
    try:
        with change(config) as session:
            imports.keep(session, name, branch, parsed.numbers, "cli", now_ms(), days)
            record(session, now_ms(), "cli", "list_imported", f"{name} {branch or '*'} {len(parsed.numbers)}")
    except Unfit as cause:
        raise click.ClickException(WHY[cause.args[0]].en) from None
    click.echo(f"kept for {days} days")


@lists.command()
@with_config
def show(config: Config) -> None:
    """The version of each list that each kiosk was given, and the one that it has in force."""
    from sqlalchemy import select

    from central.db import open_sessions
    from central.lists.models import ListHead

    query = select(ListHead).order_by(ListHead.device_id, ListHead.name)
    with database(config) as engine, open_sessions(engine, readonly=True)() as session:
        for head in session.scalars(query):
            words = [head.device_id, head.name, _moment(head.version), _moment(head.taken)]
            click.echo("\t".join(words + ([head.why] if head.refused else [])))


def _moment(version: int) -> str:
    return datetime.fromtimestamp(version / 1000, UTC).isoformat(timespec="seconds") if version else "-"
