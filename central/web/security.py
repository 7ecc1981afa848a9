"""What no request may hold, headers and cookies of every answer, and how often one address may try."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from itertools import chain
from typing import Any

from flask import Flask, Response, abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from central.config import Config
from central.guesses import network

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000"
SESSION = timedelta(hours=12)
"""A shift, counted from the last request."""
MAX_FORM_OCTETS = 64 * 1024
"""The largest form is a page of text fields."""
STATIC_AGE = timedelta(days=30)
"""Static addresses bear a digest, so that a new file has a new address."""

MAX_FILE_OCTETS = 64 * 1024 * 1024
"""100,000 lines of a table, or 30,000 records."""
UPLOADS = {"catalogue.look": MAX_FILE_OCTETS + MAX_FORM_OCTETS}
"""Page → octets of a form with a file."""
SIGNED = ("payments.notify",)
"""Endpoints of programs, which bear a signature of their own in place of a form's token."""
LIMITS = dict.fromkeys(("accounts.sign_in", "accounts.change_password"), "10 per minute; 60 per hour")
"""Page → failures (401) of one address; a whole branch may stand behind it."""


def settings(config: Config, secret: bytes) -> dict[str, object]:
    """Flask's own configuration."""
    return {
        "SECRET_KEY": secret,
        "SESSION_COOKIE_NAME": "shuwu",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.web.behind_proxy,
        "PERMANENT_SESSION_LIFETIME": SESSION,
        "SEND_FILE_MAX_AGE_DEFAULT": STATIC_AGE,
        "MAX_CONTENT_LENGTH": MAX_FORM_OCTETS,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a page stays open on a wall for days
    }


def init_app(app: Flask, config: Config) -> None:
    """Forms need a token, sign-ins are limited, every answer bears the headers. After the blueprints."""
    app.before_request(_let_upload)
    protect = CSRFProtect(app)
    for endpoint in SIGNED:
        protect.exempt(app.view_functions[endpoint])
    limiter = Limiter(_network, app=app, storage_uri="memory://")
    views: dict[str, Any] = app.view_functions
    for endpoint, limits in LIMITS.items():
        limit = limiter.limit(
            limits, deduct_when=lambda answer: answer.status_code == HTTPStatus.UNAUTHORIZED
        )
        views[endpoint] = limit(views[endpoint])
    app.before_request(_refuse_nul)
    app.after_request(_harden)
    if config.web.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign] # Flask's documented way


def _network() -> str:
    """Whose attempts are counted together: one machine may have all addresses of a network of IPv6."""
    return network(get_remote_address())


def _let_upload() -> None:
    """Before anybody reads the form, and after the guard: who may not see the page sends no file."""
    if request.endpoint in UPLOADS:
        request.max_content_length = UPLOADS[request.endpoint]


def _refuse_nul() -> None:
    """PostgreSQL stores no NUL, and no browser sends one."""
    asked = (*request.args.items(multi=True), *request.form.items(multi=True))
    files = (file.filename or "" for _, file in request.files.items(multi=True))
    if any("\0" in text for text in (request.path, *chain.from_iterable(asked), *files)):
        abort(HTTPStatus.BAD_REQUEST)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
