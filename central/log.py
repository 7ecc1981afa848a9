"""Logging, configured once a process: one JSON object a line, to stderr.

A log names devices, journals, numbers and causes. It never holds a secret, a card number or a payload.
"""

from __future__ import annotations

import logging
import sys

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
QUIET = ("alembic", "sqlalchemy")
"""Libraries whose notices are not news."""


def configure(level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's records to stderr as JSON. Called once, by the command."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=level, handlers=[handler()], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def handler() -> logging.Handler:
    """What writes the lines."""
    lines = logging.StreamHandler(sys.stderr)
    render = structlog.processors.JSONRenderer(ensure_ascii=False)
    processors: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        render,
    ]
    lines.setFormatter(structlog.stdlib.ProcessorFormatter(processors=processors, foreign_pre_chain=_SHARED))
    return lines
