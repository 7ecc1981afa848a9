"""What the commands of `shuwu-central` share: the configuration's option, and the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from central import config as configuration
from central.config import Config, ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


class ConfigFile(click.ParamType[Config]):
    """A path on the command line, a configuration in the command."""

    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Config:
        """The configuration, or an error on the command line."""
        if isinstance(value, Config):
            return value
        try:
            return configuration.load(Path(str(value)))
        except ConfigError as cause:
            self.fail(str(cause), param, ctx)


with_config = click.option(
    "--config",
    type=ConfigFile(),
    default="central.toml",
    envvar="SHUWU_CENTRAL_CONFIG",
    show_default=True,
    help="Central's configuration, a TOML file.",
)
with_path = click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default="central.toml",
    envvar="SHUWU_CENTRAL_CONFIG",
    show_default=True,
    help="Central's configuration, a TOML file.",
)
"""For commands that hand the file on to other processes."""


@contextmanager
def database(config: Config, answer_s: float | None = None, *, ready: bool = True) -> Iterator[Engine]:
    """The database, and how long it may take for an answer; None: as long as it likes.

    Raises:
        ConfigError: it was to be `ready`, and its tables are not this program's.
    """
    from central import schema
    from central.db import open_engine

    engine = open_engine(config.database_url(), answer_s)
    try:
        if ready:
            schema.look(engine)
        yield engine
    finally:
        engine.dispose()


def look_at_database(config: Config) -> None:
    """For a process that opens it by itself; raises as `database` does."""
    with database(config):
        pass


@contextmanager
def change(config: Config) -> Iterator[Session]:
    """One transaction; what an operation refuses is said in its word."""
    from central.accounts.operations import Unfit
    from central.db import open_sessions
    from central.fleet.operations import NotPossible

    with database(config) as engine, open_sessions(engine).begin() as session:
        try:
            yield session
        except (NotPossible, Unfit) as cause:
            raise click.ClickException(str(cause)) from None
