"""`shuwu-central`: every process and every chore of central is one command.

A command imports what it needs when it runs, so that a process starts without the others' libraries.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from central import config as configuration
from central.chores import CHORES
from central.circulation.commands import sip2
from central.config import Config, ConfigError
from central.options import database, look_at_database, with_config, with_path
from central.payments.commands import payments, payments_local

PROCESSES = ("ingest", "sip2", "web", "clock")


def main() -> None:
    """The command line; what is refused is one line on stderr and exit code 1."""
    try:
        cli()
    except (ConfigError, OSError) as cause:
        click.echo(f"shuwu-central: {cause}", err=True)
        sys.exit(1)


@click.group()
def cli() -> None:
    """Central of a Shuwu network: keeps the facts, serves the pages, speaks SIP2."""


# ---------------------------------------------------------------- setting up
@cli.command()
@with_config
def init(config: Config) -> None:
    """Make keys, secrets and the development authority that are missing, and the database."""
    from central import keys
    from central.fleet import pki
    from central.migrations import migrate as migrate_database
    from wire import sealing, signing

    for name in keys.make(config.state):
        click.echo(f"made {config.state / name}")
    pki.make(config.state / "pki", datetime.now(UTC))
    with database(config, ready=False) as engine:
        migrate_database(engine)
    secrets = keys.load(config.state)
    click.echo(f"public key for the kiosks: {signing.public_text(secrets.signing.public_key())}")
    click.echo(f"sealing key for the kiosks: {sealing.public_text(secrets.sealing.public_key())}")


@cli.command()
@with_config
def migrate(config: Config) -> None:
    """Bring the database to the newest revision."""
    from central.migrations import migrate as migrate_database

    with database(config, ready=False) as engine:
        migrate_database(engine)


# ---------------------------------------------------------------- processes
@cli.command()
@with_config
@click.option("--share", default="", help="Name of the group of ingest workers that share the work.")
def ingest(config: Config, share: str) -> None:
    """Facts and conditions into the database."""
    from central import keys, log
    from central.db import ANSWER_S
    from central.ingest.listen import Ingest

    log.configure()
    with database(config, ANSWER_S) as engine:
        worker = Ingest(config, keys.load(config.state), engine, share=share)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        gc.freeze()  # what is here stays: nobody looks through it for garbage again
        worker.run()


@cli.command()
@with_config
def clock(config: Config) -> None:
    """What is due by the clock: new lists for the kiosks. One at a time, by a lease."""
    from central import keys, log
    from central.clock.process import Clock

    log.configure()
    with database(config) as engine:
        worker = Clock(config, keys.load(config.state), engine)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()


@cli.command()
@with_config
def files(config: Config) -> None:
    """What kiosks fetch over HTTPS, by their certificates: the bodies of their lists."""
    from central import log
    from central.db import ANSWER_S
    from central.lists.serving import serve

    log.configure()
    with database(config, ANSWER_S) as engine:
        serve(config.lists, engine)


@cli.command()
@with_path
def web(path: Path) -> None:
    """The pages for staff, served by gunicorn with the settings in `central.serving`."""
    config = configuration.load(path)
    look_at_database(config)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:central.serving"]
    host = f"[{config.web.host}]" if ":" in config.web.host else config.web.host
    command += ["--bind", f"{host}:{config.web.port}"]
    command += [f"central.serving:application({str(path.resolve())!r})"]
    os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell


@cli.command(name="all")
@with_path
def everything(path: Path) -> None:
    """All processes of a small library; they end together."""
    from central import keys, log
    from central.together import run

    log.configure()
    config = configuration.load(path)
    keys.load(config.state)
    names = [*PROCESSES]
    names += ["files"] if config.lists.certificate else []
    names += ["payments"] if config.payments.provider else []
    names += ["payments-local"] if config.payments.provider == "local" else []
    sys.exit(run([[sys.executable, "-m", "central", name, "--config", str(path)] for name in names]))


for command in (sip2, payments, payments_local, *CHORES):
    cli.add_command(command)
