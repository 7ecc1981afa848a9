"""`shuwu-central sip2`: the server, and the chores around SIP2."""

from __future__ import annotations

from pathlib import Path

import click

from central.circulation.server.commands import account
from central.circulation.trying.commands import attempt
from central.options import ConfigFile, look_at_database


@click.group(invoke_without_command=True)
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default="central.toml",
    envvar="SHUWU_CENTRAL_CONFIG",
    show_default=True,
    help="Central's configuration, a TOML file.",
)
@click.pass_context
def sip2(context: click.Context, path: Path) -> None:
    """The ledger for self-check machines; without a command it serves until SIGTERM."""
    if context.invoked_subcommand is not None:
        return
    from central import log
    from central.circulation.server.process import serve

    config = ConfigFile().convert(path, None, context)
    log.configure()
    look_at_database(config)
    serve(config)


sip2.add_command(account)
sip2.add_command(attempt)
