"""Chores of the idle screens: `shuwu-central covers …`."""

from __future__ import annotations

from pathlib import Path

import click

from central.config import Config
from central.options import change, with_config


@click.group()
def covers() -> None:
    """Pictures of titles, which kiosks show."""


@covers.command(name="import")
@with_config
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def import_(config: Config, folder: Path) -> None:
    """Take every picture of FOLDER: PNG or JPEG, its name the title's ISBN."""
    from central.idle import operations
    from central.idle.words import WHY
    from wire.idle import MAX_COVER_OCTETS

    given = 0
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() not in {".png", ".jpg", ".jpeg"} or not file.is_file():
            continue
        with file.open("rb") as opened:
            octets = opened.read(MAX_COVER_OCTETS + 1)
        try:
            with change(config) as session:
                titles = operations.give_cover(session, file.stem.replace("-", ""), octets)
        except operations.Unfit as cause:
            click.echo(f"{file.name}: {WHY[cause.args[0]].en}", err=True)
            continue
        given += titles
        if not titles:
            click.echo(f"{file.name}: no title has this ISBN", err=True)
    click.echo(f"{given} titles have a cover from here")
