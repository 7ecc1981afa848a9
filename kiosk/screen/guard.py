"""What every request must be, and what every answer says: this screen is for its own browser alone."""

from __future__ import annotations

from flask import Flask, Response, abort, request

SAFE_METHODS = frozenset({"GET", "HEAD"})

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Nothing is kept, nothing is fetched from elsewhere, no inline script or style runs, nobody frames it."""

MAX_BODY_OCTETS = 1024
"""A touch names a row, a typed line has 64 characters: percent-encoded they are a third of this."""


def install(app: Flask, port: int) -> None:
    """Refuse what is not addressed to this screen by its own loopback name, or comes from elsewhere.

    A page on the internet can make a browser ask 127.0.0.1, under a name of its own even (DNS rebinding);
    it can forge neither Host nor Origin.
    """
    hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
    origins = frozenset(f"http://{host}" for host in hosts)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_OCTETS

    @app.before_request
    def refuse_strangers() -> None:
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in hosts:
            abort(403)
        if origin not in origins and (origin is not None or request.method not in SAFE_METHODS):
            abort(403)

    @app.after_request
    def say_so(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response
