"""The provider for trying, as a process of its own: `shuwu-central payments-local`. Flask on loopback.

- `/api` answers central; what bears no signature of the shared key is refused.
- `/pay/REFERENCE` is what the code leads to: pay, pay twice, pay late, let it fail; with or without telling central.
- Nothing is kept: where it ends, nobody has paid anything.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import msgspec
import structlog
from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response as Answered

from central.circulation.ledger.yuan import yuan
from central.clock_ms import now_ms
from central.payments.local.bills import SIGNATURE, Asked, Bills, sign
from central.payments.provider import Money

NOTIFY_S = 3.0
MAX_BODY = 4096
Notify = Callable[[Money], bool]

log = structlog.get_logger(__name__)


def create_app(key: bytes, notify: Notify) -> Flask:
    """The application; `notify` tells central of money, and whether it has heard."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.jinja_env.filters["yuan"] = yuan
    bills = Bills()

    @app.post("/api")
    def api() -> Response:
        body = request.get_data()
        if not hmac.compare_digest(request.headers.get(SIGNATURE, "").encode(), sign(key, body).encode()):
            abort(HTTPStatus.FORBIDDEN)
        try:
            asked = msgspec.json.decode(body, type=Asked)
        except msgspec.MsgspecError:
            abort(HTTPStatus.BAD_REQUEST)
        answer = bills.answer(asked, request.host_url.rstrip("/"))
        return Response(msgspec.json.encode(answer), mimetype="application/json")

    @app.get("/")
    def home() -> str:
        return render_template("home.html", bills=bills.newest(), now=now_ms())

    @app.get("/pay/<reference>")
    def page(reference: str) -> str:
        bill = bills.find(reference) or abort(HTTPStatus.NOT_FOUND)
        said = request.args.get("said", "")
        return render_template(
            "pay.html", bill=bill, reference=reference, said=said, is_open=bill.is_open(now_ms())
        )

    @app.post("/pay/<reference>")
    def pay(reference: str) -> Answered:
        action, told = request.form.get("action", ""), "paid"
        if action == "fail":
            return redirect(f"/pay/{reference}?said=failed")
        for _ in range(2 if action == "twice" else 1):
            money = bills.pay(reference, now_ms()) or abort(HTTPStatus.NOT_FOUND)
            if not request.form.get("silent") and not notify(money):
                told = "unheard"
        return redirect(f"/pay/{reference}?said={told}")

    return app


def notifier(url: str, key: bytes) -> Notify:
    """Tells central, once; what it does not hear it finds out by asking."""
    where = urlsplit(url)

    def notify(money: Money) -> bool:
        body = msgspec.json.encode(money)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=NOTIFY_S)
        try:
            connection.request("POST", where.path, body, {SIGNATURE: sign(key, body)})
            return connection.getresponse().status < HTTPStatus.BAD_REQUEST
        except (OSError, HTTPException) as cause:
            log.info("central does not hear", cause=type(cause).__name__)
            return False
        finally:
            connection.close()

    return notify


def open_server(where: tuple[str, int], key: bytes, notify: Notify) -> BaseWSGIServer:
    """A server that listens; `serve_forever` begins, `shutdown` ends it."""
    host, port = where
    return make_server(host, port, create_app(key, notify), threaded=True)
