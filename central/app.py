"""The web process: a Flask application made from one frozen configuration.

- `create_app` opens no connection and starts no thread; `connect` opens the line to the broker.
- One process with many threads (gunicorn gthread -w 1 --threads 256): the hub of live pages is in memory.
- `disconnect` ends every stream and the line; it may be called without `connect`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from jinja2 import StrictUndefined
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import Conflict, HTTPException, ServiceUnavailable
from werkzeug.wrappers import Response as Answer

from central.accounts import views as accounts
from central.circulation.catalogue import views as catalogue
from central.circulation.counter import views as counter
from central.circulation.owed import views as owed
from central.config import Config
from central.fleet import views as fleet
from central.help import views as help_calls
from central.idle import views as idle
from central.lists import views as lists
from central.payments import views as payments
from central.reports import views as reports
from central.rooms.admission import views as admission
from central.rooms.air import views as air
from central.rooms.alarms import views as alarms
from central.rooms.hours import views as hours
from central.web import access, language, security
from central.web.access import HOME, person
from central.web.services import NAME, Services, build, services
from wire.faults import Words

ERRORS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""Those that have words in templates/error.html."""


def create_app(config: Config) -> Flask:
    """The application.

    Raises:
        ConfigError: a secret is missing; `shuwu-central init` makes them.
    """
    app = Flask(__name__)
    found = build(config)
    app.extensions[NAME] = found
    app.config.from_mapping(security.settings(config, found.keys.web))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthz", "healthz", healthz)
    for part in (
        accounts,
        fleet,
        help_calls,
        alarms,
        owed,
        payments,
        counter,
        catalogue,
        lists,
        hours,
        admission,
        air,
        idle,
        reports,
        access,
        language,
    ):
        part.init_app(app)
    security.init_app(app, config)
    app.jinja_env.globals.update(network=Words(config.name_zh, config.name_en), asset=_static(app))
    for status in ERRORS:
        app.register_error_handler(status, _error)
    app.register_error_handler(CSRFError, _error)
    for away in (OperationalError, PoolTimeoutError):
        app.register_error_handler(away, _database_away)
    for overtaken in (IntegrityError, StaleDataError):
        app.register_error_handler(overtaken, _overtaken)
    return app


def connect(app: Flask) -> None:
    """Fill the hub from the database and listen to the broker, in threads of their own."""
    found = _of(app)
    found.filling.start()
    found.link.open()


def disconnect(app: Flask) -> None:
    """End streams, line and database connections."""
    found = _of(app)
    found.hub.close()
    found.filling.stop()
    found.link.close()
    found.jobs.close()
    found.engine.dispose()


def _of(app: Flask) -> Services:
    found = app.extensions[NAME]
    assert isinstance(found, Services)
    return found


def home() -> Answer:
    """Where a person's work is."""
    return redirect(url_for(HOME[person().role]))


def healthz() -> tuple[Response, int]:
    """For whoever watches this process: the database answers, the broker is there."""
    try:
        with services().reading() as session:
            session.execute(text("SELECT 1"))
        database = True
    except SQLAlchemyError:
        database = False
    status = HTTPStatus.OK if database else HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify({"database": database, "broker": services().link.connected}), status


def _error(error: Exception) -> tuple[str | Response, int]:
    code = error.code if isinstance(error, HTTPException) and error.code else 500
    if request.path.startswith("/api/"):
        return jsonify({"error": HTTPStatus(code).phrase}), code
    return render_template("error.html", code=code), code


def _database_away(_cause: Exception) -> tuple[str | Response, int]:
    """The page that says so asks the database for nothing, not for the person either."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where flask_login keeps whom it has loaded
    return _error(ServiceUnavailable())


def _overtaken(_cause: Exception) -> tuple[str | Response, int]:
    """Two persons entered the same at the same moment, or one changed what the other took away: the second one's
    transaction is rolled back whole.
    """
    return _error(Conflict())


def _static(app: Flask) -> Callable[[str], str]:
    """Addresses of static files with a digest of their content, so that browsers may keep them."""
    folder = Path(str(app.static_folder))
    digests = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }

    def asset(name: str) -> str:
        return f"{request.script_root}{app.static_url_path}/{name}?v={digests[name]}"

    return asset
