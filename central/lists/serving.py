"""What kiosks fetch and ask over HTTPS, told to the kiosk whose certificate is shown and to nobody else.

    GET /lists/{name}/{version}     200 the body, 206 the rest of it (`Range: bytes=N-`)
    POST /catalogue                 200 what fits (`wire.catalogue`); 400 no question
    GET /idle                       200 what is shown while nobody is there (`wire.idle`)
    POST /covers                    200 which pictures these items have (`wire.covers`); 400 no question
    GET /covers/{sha256}            200 a picture; 404 no title bears it

- TLS 1.2 or later; without a certificate of the configured authority there is no connection. Which kiosk
  asks is its certificate's common name, read from the connection itself, never from a header.
- 403: no kiosk of ours in service. 404: any list or version but the one that this kiosk was given.
- A connection is one thread; PLACES at once, the rest is hung up on. The handshake is the thread's own.
- Silence of SILENCE_S ends a connection, and so does the end of TRANSFER_S, whatever is under way.
"""

from __future__ import annotations

import re
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, get_args

import structlog
from sqlalchemy import Engine, and_, select

from central import db
from central.circulation.catalogue import asking
from central.clock_ms import now_ms
from central.config import ConfigError, Lists
from central.fleet.operations import in_service
from central.idle import asking as showing
from central.lists.models import ListBody, ListHead
from wire import catalogue, covers, idle
from wire.envelope import Malformed
from wire.ids import ListName

PLACES = 128
"""A body is up to 16 MiB in memory; 100,000 readers are 1.6."""
SILENCE_S = 10.0
TRANSFER_S = 300.0
LET_OUT_S, LET_OUT_READS = 1.0, 16
CHUNK_OCTETS = 256 * 1024
MAX_QUESTION_OCTETS = {
    catalogue.PATH: catalogue.MAX_QUESTION_OCTETS,
    covers.PATH: covers.MAX_QUESTION_OCTETS,
}
PATH = re.compile(rf"/lists/({'|'.join(get_args(ListName))})/([1-9][0-9]{{0,15}})")
LENGTH = re.compile(r"[0-9]{1,9}")
RANGE = re.compile(r"bytes=([0-9]{1,9})-")

log = structlog.get_logger(__name__)


class Found(NamedTuple):
    """What a kiosk may have."""

    octets: bytes
    sha256: str


def serve(settings: Lists, engine: Engine) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        ConfigError: no certificate, or one that cannot be read.
        OSError: the port is taken.
    """
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    with BodyServer(settings, engine) as server:
        thread = threading.Thread(target=server.serve_forever, name="files")
        thread.start()
        log.info("lists are served", port=settings.port)
        told.wait()
        server.shutdown()
        thread.join()


class BodyServer(ThreadingHTTPServer):
    """See the contract at the module's head. `serve_forever` until `shutdown`, then `server_close`."""

    daemon_threads = True
    request_queue_size = 512
    """1,000 kiosks come within a minute; a second's worth may wait."""

    def __init__(self, settings: Lists, engine: Engine) -> None:
        """Bound to its port, not yet serving.

        Raises:
            ConfigError: no certificate, or one that cannot be read.
            OSError: the port is taken.
        """
        self.tls = tls_context(settings)
        self.reading = db.open_sessions(engine, readonly=True)
        self._places = threading.BoundedSemaphore(PLACES)
        self.address_family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        super().__init__((settings.host, settings.port), Kiosk)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for this connection, where there is a place."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The handshake first: who is slow at it holds up nobody else."""
        try:
            request.settimeout(SILENCE_S)
            with suppress(OSError), self.tls.wrap_socket(request, server_side=True) as line, _limited(line):
                self.finish_request(line, client_address)
        except Exception:
            log.exception("a list was not served")
        finally:
            self.shutdown_request(request)
            self._places.release()


class Kiosk(BaseHTTPRequestHandler):
    """One connection of a kiosk."""

    server: BodyServer
    connection: ssl.SSLSocket
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "shuwu", ""
    timeout = SILENCE_S

    def do_GET(self) -> None:
        """Look the list up and send it."""
        device = common_name(self.connection)
        if self.path == idle.PATH or idle.COVER_PATH.fullmatch(self.path):
            self._tell(device)
            return
        asked = PATH.fullmatch(self.path)
        found = _find(self.server.reading, device, asked[1], int(asked[2])) if asked else HTTPStatus.NOT_FOUND
        if isinstance(found, HTTPStatus):
            log.info("list refused", device=device, path=self.path[:80], status=found.value)
            self._answer(found, b"")
            return
        start = RANGE.fullmatch(self.headers.get("Range", ""))
        if start and int(start[1]) < len(found.octets):
            self._answer(HTTPStatus.PARTIAL_CONTENT, found.octets, int(start[1]), found.sha256)
        else:
            self._answer(HTTPStatus.OK, found.octets, 0, found.sha256)

    def _tell(self, device: str) -> None:
        """What the screen shows while nobody is there, or a picture for it."""
        named, reading = idle.COVER_PATH.fullmatch(self.path), self.server.reading
        told = (
            showing.cover(reading, device, named[1]) if named else showing.answer(reading, device, now_ms())
        )
        if isinstance(told, HTTPStatus):
            log.info("idle screen refused", device=device, path=self.path[:80], status=told.value)
            self._answer(told, b"")
        else:
            self._answer(HTTPStatus.OK, told)

    def do_POST(self) -> None:
        """Look titles up, or the covers of items. What is looked for stands in no log."""
        device, body = common_name(self.connection), self._body()
        told: bytes | HTTPStatus = HTTPStatus.NOT_FOUND
        if self.path == catalogue.PATH:
            told = self._titles(device, body)
        elif self.path == covers.PATH:
            told = self._covers(device, body)
        if isinstance(told, HTTPStatus):
            log.info("question refused", device=device, path=self.path[:80], status=told.value)
            self._answer(told, b"")
        else:
            self._answer(HTTPStatus.OK, told)
        if body is None:
            self._let_out()

    def _body(self) -> bytes | None:
        """The body; None where its length is none that a question has."""
        said = self.headers.get("Content-Length", "")
        limit = MAX_QUESTION_OCTETS.get(self.path, 0)
        if not LENGTH.fullmatch(said) or int(said) > limit:
            return None
        return self.rfile.read(int(said))

    def _titles(self, device: str, body: bytes | None) -> bytes | HTTPStatus:
        try:
            asked = catalogue.question(body or b"")
        except Malformed:
            return HTTPStatus.BAD_REQUEST
        return asking.answer(self.server.reading, device, asked)

    def _covers(self, device: str, body: bytes | None) -> bytes | HTTPStatus:
        try:
            asked = covers.question(body or b"")
        except Malformed:
            return HTTPStatus.BAD_REQUEST
        return showing.covers(self.server.reading, device, asked.items)

    def _let_out(self) -> None:
        """Take some of what is still being sent: a line that is closed upon it would take the answer along."""
        self.connection.settimeout(LET_OUT_S)
        with suppress(OSError):
            for _ in range(LET_OUT_READS):
                if not self.rfile.read1():
                    return

    def _answer(self, status: HTTPStatus, octets: bytes, start: int = 0, tag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets) - start))
        if status == HTTPStatus.PARTIAL_CONTENT:
            self.send_header("Content-Range", f"bytes {start}-{len(octets) - 1}/{len(octets)}")
        if tag:
            self.send_header("ETag", f'"{tag}"')
        self.send_header("Connection", "close")
        self.end_headers()
        for at in range(start, len(octets), CHUNK_OCTETS):
            self.wfile.write(octets[at : at + CHUNK_OCTETS])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Answers are not logged, refusals are."""


@contextmanager
def _limited(line: ssl.SSLSocket) -> Iterator[None]:
    """Hang up after TRANSFER_S: who speaks one octet every nine seconds keeps no place for ever."""

    def hang_up() -> None:
        with suppress(OSError):  # below TLS: the thread that reads or writes finds the end of the line
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    limit = threading.Timer(TRANSFER_S, hang_up)
    limit.daemon = True
    limit.start()
    try:
        yield
    finally:
        limit.cancel()
        limit.join()


def _find(reading: db.Sessions, device: str, name: str, version: int) -> Found | HTTPStatus:
    with reading() as session:
        if in_service(session, device) is None:
            return HTTPStatus.FORBIDDEN
        given = (
            select(ListBody.octets, ListBody.sha256)
            .join(ListHead, and_(ListHead.name == ListBody.name, ListHead.version == ListBody.version))
            .where(ListHead.device_id == device, ListBody.name == name, ListBody.version == version)
        )
        row = session.execute(given).one_or_none()
    return HTTPStatus.NOT_FOUND if row is None else Found(*row)


def common_name(line: ssl.SSLSocket) -> str:
    """The one common name of the certificate that was shown and verified; empty where it has another number."""
    subject: Any = (line.getpeercert() or {}).get("subject", ())
    names = [value for part in subject for key, value in part if key == "commonName"]
    return names[0] if len(names) == 1 else ""


def tls_context(settings: Lists) -> ssl.SSLContext:
    """The server's side: our certificate, theirs demanded, what was revoked refused.

    Raises:
        ConfigError: no certificate, or files that cannot be read.
    """
    if settings.certificate is None or settings.key is None or settings.ca is None:
        raise ConfigError("lists are served by a certificate, key and ca at `$.lists`")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(settings.certificate, settings.key)
        context.load_verify_locations(settings.ca)
        if settings.crl is not None:
            context.load_verify_locations(settings.crl)
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    except (OSError, ssl.SSLError) as cause:
        raise ConfigError(f"certificates of `$.lists`: {cause}") from None
    return context
