"""`shuwu-kiosk --config FILE [--check]`: run one kiosk until it is told to end; or only say whether it could start.

Exit status: 0 asked to stop, or it could; 69 a port is taken; 75 to be started again (an order); 78 a configuration,
a secret or a journal that cannot be used.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import structlog

from kiosk.build import build
from kiosk.check import check
from kiosk.clock import stand_in
from kiosk.config import ConfigError, load
from kiosk.daemon import Daemon
from kiosk.effects import EndProgram
from kiosk.journal import JournalFailed

EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75
EX_CONFIG = 78


@click.command()
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's TOML file.")
@click.option("--check", "only_check", is_flag=True, help="Say whether it could start, and end.")
def main(config: Path, *, only_check: bool) -> None:
    """Run one kiosk."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    try:
        settings = load(config)
        with _naming(config):
            _stand_in(settings.zone)
            if only_check:
                check(settings)
                click.echo(f"{config}: this kiosk could start")
                return
            daemon = build(settings)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: daemon.ask_to_stop())
        end = _run(daemon, settings.screen.port)
    except (ConfigError, JournalFailed) as cause:
        click.echo(f"shuwu-kiosk: {cause}", err=True)
        sys.exit(EX_CONFIG)
    sys.exit(EX_TEMPFAIL if end.restart else 0)


@contextmanager
def _naming(config: Path) -> Iterator[None]:
    """What is found wrong later than the file was read names it all the same."""
    try:
        yield
    except ConfigError as cause:
        raise ConfigError(f"{config}: {cause}") from None


def _stand_in(zone: str) -> None:
    try:
        stand_in(zone)
    except ValueError as cause:
        raise ConfigError(f"{cause} - at `$.zone`") from None


def _run(daemon: Daemon, port: int) -> EndProgram:
    try:
        return daemon.run()
    except OSError as cause:
        click.echo(f"shuwu-kiosk: port {port} of the screen: {cause.strerror}", err=True)
        sys.exit(EX_UNAVAILABLE)


if __name__ == "__main__":
    main()
