"""How gunicorn serves the web pages: its settings as a module, and the application in its worker.

One worker with many threads, because the hub of live pages is in memory; three seconds for requests
under way, because a live page never ends by itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from central import app as web
from central import log
from central.config import load

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


def application(path: str) -> Flask:
    """The application of one worker, connected to the broker."""
    log.configure()
    app = web.create_app(load(Path(path)))
    web.connect(app)
    return app


def worker_exit(_server: Any, worker: Any) -> None:
    """Called by gunicorn in the worker at its end."""
    app = getattr(worker, "wsgi", None)  # it has none where the application could not be made
    if isinstance(app, Flask):
        web.disconnect(app)
