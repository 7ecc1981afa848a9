"""How gunicorn serves the web pages: its settings as a module, and the application in its worker.

One worker with many threads, because the hub of live pages is in memory; three seconds for requests
under way, because a live page never ends by itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from flask import Flask

from central import app as web
from central import log
from central.config import Config, load

# gunicorn reads these by their names
workers = 1
worker_class = "gthread"
threads = 256
graceful_timeout = 3
control_socket_disable = True
logconfig_dict = {
    "handlers": {"lines": {"()": "central.log.handler"}},
    "root": {"level": "INFO", "handlers": ["lines"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": []},
        "gunicorn.access": {"level": "WARNING", "handlers": []},
    },
}


def run(config: Config, path: Path) -> NoReturn:
    """Become gunicorn."""
    command = [sys.executable, "-m", "gunicorn", "--config", f"python:{__name__}"]
    command += ["--bind", f"{config.web.host}:{config.web.port}"]
    command += [f"{__name__}:application({str(path)!r})"]
    os.execv(command[0], command)  # noqa: S606 - our own interpreter, no shell


def application(path: str) -> Flask:
    """The application of one worker, connected to the broker."""
    log.configure()
    app = web.create_app(load(Path(path)))
    web.connect(app)
    return app


def worker_exit(_server: Any, worker: Any) -> None:
    """Called by gunicorn in the worker at its end."""
    if isinstance(worker.wsgi, Flask):
        web.disconnect(worker.wsgi)
