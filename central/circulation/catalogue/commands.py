"""Chores of the catalogue: `shuwu-central import …` and `shuwu-central export …`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from central.circulation.catalogue.charsets import CHOICES
from central.config import Config
from central.options import change, database, with_config

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from central.circulation.catalogue.columns import Kind
    from central.circulation.catalogue.importing import Counts
    from central.circulation.catalogue.reading import File, Wrong

SHOWN_ERRORS = 50
KINDS = click.Choice(["items", "readers"])
CHARSETS = click.Choice(list(CHOICES), case_sensitive=False)


@click.command(name="import")
@with_config
@click.argument("kind", type=KINDS)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--branch", default=None, help="Of new lines that name none.")
@click.option(
    "--charset", type=CHARSETS, default=None, help="Of the file's text; without this it is recognised."
)
@click.option("--apply", "applied", is_flag=True, help="Keep it; without this it is only looked at.")
def import_(
    config: Config, kind: Kind, file: Path, branch: str | None, charset: str | None, applied: bool
) -> None:
    """Take items or readers from a .csv or .xlsx table, items also from .mrc or .xml records (MARC 21, CNMARC)."""
    from central.accounts.operations import record
    from central.circulation.catalogue import reading
    from central.circulation.catalogue.importing import WORK
    from central.clock_ms import now_ms
    from central.db import open_sessions

    bar = click.progressbar(length=reading.MAX_LINES, label=file.name, show_percent=False)
    with bar, file.open("rb") as octets:
        codec = CHOICES[charset] if charset else None
        read = reading.read(octets, file.name, kind, lambda done: bar.update(done - bar.pos), codec=codec)
    for said in (read.recognised(), *read.first()):
        click.echo(said)
    for notice in read.notices:
        click.echo(_line(notice, read), err=True)
    _stop_where_wrong(read)
    if not applied:
        with database(config) as engine, open_sessions(engine, readonly=True)() as session:
            counts = WORK[kind](session, read, _branch(session, branch)).compare()
        _stop_where_wrong(read)
        click.echo(_told(counts, kind))
        click.echo("nothing was kept; --apply keeps it")
        return
    with _taken(), change(config) as session:
        work = WORK[kind](session, read, _branch(session, branch))
        counts = work.compare()
        _stop_where_wrong(read)
        work.keep()
        record(session, now_ms(), "cli", "imported", f"{kind} {file.name} {counts.new} {counts.changed}")
    click.echo(_told(counts, kind))
    click.echo("kept")


@click.command()
@with_config
@click.argument("kind", type=KINDS)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--branch", default=None, help="Only what belongs to it and to all below.")
def export(config: Config, kind: Kind, file: Path, branch: str | None) -> None:
    """Write items or readers to a .csv or .xlsx table, items also to .mrc or .xml records."""
    from central.accounts.operations import record
    from central.circulation.catalogue import exporting
    from central.clock_ms import now_ms
    from central.db import open_sessions
    from central.fleet import tree

    form = file.suffix.lstrip(".").casefold()
    if form not in exporting.FORMATS[kind]:
        raise click.ClickException(f"a file of {kind} is one of {', '.join(exporting.FORMATS[kind])}")
    with database(config) as engine:
        with open_sessions(engine, readonly=True)() as session:
            below = tree.read(session).under(branch) if branch and _branch(session, branch) else []
            branches = [place.id for place in below]
            with _private(file) as to:
                lines = exporting.write(session, kind, form, to, branches)
        with open_sessions(engine).begin() as session:
            record(session, now_ms(), "cli", "exported", f"{kind} {branch or '*'} {lines}")
    click.echo(f"{lines} written to {file}")


@contextmanager
def _taken() -> Iterator[None]:
    """A database that does not take it says so in a sentence: another import has the same lines, or goes on for long."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as cause:
        word = type(cause).__name__
        raise click.ClickException(
            f"the database did not take it ({word}); nothing was kept; look at it again"
        ) from None


def _branch(session: Session, branch: str | None) -> str | None:
    from central.fleet.models import Branch

    if branch is not None and session.get(Branch, branch) is None:
        raise click.ClickException(f"there is no branch {branch!r}")
    return branch


def _stop_where_wrong(file: File) -> None:
    for wrong in file.in_order()[:SHOWN_ERRORS]:
        click.echo(_line(wrong, file), err=True)
    if file.wrong:
        raise click.ClickException(f"{file.wrong} errors; nothing was kept")


def _line(wrong: Wrong, file: File) -> str:
    from central.circulation.catalogue.forms import RECORDS
    from central.circulation.catalogue.words import WHY

    place = f"{'record' if file.form in RECORDS else 'line'} {wrong.line}" if wrong.line else "the file"
    about = " ".join(filter(None, (wrong.column, repr(wrong.said) if wrong.said else "")))
    return ": ".join(filter(None, (place, about, WHY[wrong.why].en)))


def _told(counts: Counts, kind: Kind) -> str:
    told = f"{kind}: {counts.new} new, {counts.changed} changed, {counts.same} as they are"
    if kind == "items":
        told += f"; titles: {counts.titles_new} new, {counts.titles_changed} changed"
    for what, names in (("collections", counts.collections), ("sets", counts.sets)):
        if names:
            told += f"; new {what}: {', '.join(names[:20])}"
    return told


@contextmanager
def _private(file: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone, in its place when it is whole."""
    aside = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
        yield to
    aside.replace(file)
