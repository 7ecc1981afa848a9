"""`shuwu-kiosk --config FILE`: run one kiosk until it is told to end.

Exit status: 0 asked to stop; 69 a port is taken; 75 to be started again (an order); 78 a configuration,
a secret or a journal that cannot be used.
"""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

import click
import structlog

from kiosk.build import build
from kiosk.config import ConfigError, load
from kiosk.journal import JournalFailed

EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75
EX_CONFIG = 78


@click.command()
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's TOML file.")
def main(config: Path) -> None:
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
        daemon = build(settings)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: daemon.ask_to_stop())
        end = daemon.run()
    except (ConfigError, JournalFailed) as cause:
        click.echo(f"shuwu-kiosk: {cause}", err=True)
        sys.exit(EX_CONFIG)
    except OSError as cause:
        port = settings.screen.port
        click.echo(f"shuwu-kiosk: port {port} of the screen: {cause.strerror}", err=True)
        sys.exit(EX_UNAVAILABLE)
    sys.exit(EX_TEMPFAIL if end.restart else 0)


if __name__ == "__main__":
    main()
