"""Bodies over a real HTTPS socket: to the kiosk whose certificate is shown, and to nobody else."""

import hashlib
import http.client
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from central.config import ConfigError, Lists
from central.db import open_sessions
from central.fleet import pki
from central.fleet.models import Device
from central.lists import serving
from central.lists.models import ListBody, ListHead
from central.lists.serving import BodyServer, tls_context
from tests.central.circulation.world import NOW_MS, TODAY
from tests.central.lists.test_making import deny
from tests.central.lists.world import MINUTE_MS, ROOM, make, version
from wire.ids import ListName

NOW = datetime.now(UTC)


@pytest.fixture
def authority(tmp_path):
    folder = tmp_path / "pki"
    authority = pki.make(folder, NOW)
    pki.save(folder, "central", authority.issue("central", NOW, ["127.0.0.1"]))
    return folder, authority


def settings(folder, **more):
    found = Lists(
        port=0, certificate=folder / "central.crt", key=folder / "central.key", ca=folder / "ca.crt"
    )
    return Lists(**{**{name: getattr(found, name) for name in found.__struct_fields__}, **more})


@pytest.fixture
def start(small, authority):
    running = []

    def start(**more):
        server = BodyServer(settings(authority[0], **more), small)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return server.server_address[1]

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def client(authority, name, folder=None):
    """A TLS context as a device has it; with a certificate of `folder`'s authority."""
    home, issuer = authority
    if not (home / f"{name}.crt").exists():
        pki.save(home, name, issuer.issue(name, NOW))
    context = ssl.create_default_context(cafile=home / "ca.crt")
    context.load_cert_chain(home / f"{name}.crt", home / f"{name}.key")
    return context


def get(port, context, path, **headers):
    line = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=20)
    try:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        line.close()


@pytest.fixture
def made(small):
    make(small)
    return small


def path(engine, device=ROOM, name="deny"):
    return f"/lists/{name}/{version(engine, device, name)}"


def test_a_kiosk_gets_its_list(made, start, authority):
    status, body, headers = get(start(), client(authority, ROOM), path(made))
    assert status == 200
    with open_sessions(made)() as session:
        stored = session.get(ListBody, ("deny", version(made, ROOM, "deny")))
    assert body == stored.octets
    assert headers["ETag"] == f'"{hashlib.sha256(body).hexdigest()}"'


@pytest.mark.parametrize("name", get_args(ListName))
def test_every_list_there_is_can_be_fetched(made, start, authority, name):
    with open_sessions(made).begin() as session:
        body = session.get(ListBody, ("deny", version(made, ROOM, "deny")))
        kept = {column.key: getattr(body, column.key) for column in ListBody.__table__.columns}
        session.merge(ListBody(**{**kept, "name": name, "version": 7}))
        session.merge(ListHead(device_id=ROOM, name=name, version=7, given_ms=NOW_MS))
    status, octets, _ = get(start(), client(authority, ROOM), f"/lists/{name}/7")
    assert (status, octets) == (200, kept["octets"])


def test_the_rest_of_it_is_sent_where_it_is_asked_for(made, start, authority):
    port, context = start(), client(authority, ROOM)
    _, whole, _ = get(port, context, path(made))
    status, body, headers = get(port, context, path(made), Range="bytes=10-")
    assert (status, body) == (206, whole[10:])
    assert headers["Content-Range"] == f"bytes 10-{len(whole) - 1}/{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-5", "bytes=1-2", "octets=1-", "bytes=x-"])
def test_a_range_that_cannot_be_is_answered_with_the_whole(made, start, authority, wanted):
    assert get(start(), client(authority, ROOM), path(made), Range=wanted)[0] == 200


@pytest.mark.parametrize(
    "asked", ["/", "/lists", "/lists/deny", "/lists/deny/0", "/lists/deny/1", "/lists/other/1", "/lists/../deny/1",
              "/lists/deny/99999999999999999999"],
)  # fmt: skip
def test_what_this_kiosk_was_not_given_is_not_found(made, start, authority, asked):
    assert get(start(), client(authority, ROOM), asked)[:2] == (404, b"")


def test_another_kiosk_s_list_is_not_found(small, start, authority):
    deny(small, "X3", "cun")
    make(small)
    port = start()
    assert get(port, client(authority, "xian-desk"), path(small))[0] == 404
    assert get(port, client(authority, ROOM), path(small))[0] == 200


def test_a_version_that_was_replaced_is_not_found(made, start, authority):
    before = path(made)
    deny(made, now_ms=NOW_MS + MINUTE_MS)
    make(made, NOW_MS + MINUTE_MS)
    port, context = start(), client(authority, ROOM)
    assert get(port, context, before)[0] == 404
    assert get(port, context, path(made))[0] == 200


@pytest.mark.parametrize("name", ["nobody-desk", "central"])
def test_a_certificate_that_names_no_kiosk_is_refused(made, start, authority, name):
    home, issuer = authority
    if name == "central":
        (home / "central.crt").unlink()
        (home / "central.key").rename(home / "server.key")
        pki.save(home, "central", issuer.issue("central", NOW))
        pki.save(home, "web", issuer.issue("web", NOW, ["127.0.0.1"]))
        port = start(certificate=home / "web.crt", key=home / "web.key")
    else:
        port = start()
    assert get(port, client(authority, name), path(made))[0] == 403


def test_a_retired_kiosk_is_refused(made, start, authority):
    with open_sessions(made).begin() as session:
        session.get(Device, ROOM).retired_on = TODAY
    assert get(start(), client(authority, ROOM), path(made))[0] == 403


def test_without_a_certificate_there_is_no_connection(made, start, authority):
    context = ssl.create_default_context(cafile=authority[0] / "ca.crt")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(start(), context, path(made))


def test_a_stranger_s_certificate_gets_no_connection(made, start, authority, tmp_path):
    other = pki.make(tmp_path / "other", NOW)
    pki.save(tmp_path / "other", ROOM, other.issue(ROOM, NOW))
    context = ssl.create_default_context(cafile=authority[0] / "ca.crt")
    context.load_cert_chain(tmp_path / "other" / f"{ROOM}.crt", tmp_path / "other" / f"{ROOM}.key")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(start(), context, path(made))


def test_a_revoked_certificate_gets_no_connection(made, start, authority):
    home, issuer = authority
    context, good = client(authority, ROOM), client(authority, "xian-desk")
    certificate = x509.load_pem_x509_certificate((home / f"{ROOM}.crt").read_bytes())
    revoked = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(NOW)
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(NOW - timedelta(days=1))
        .next_update(NOW + timedelta(days=1))
        .add_revoked_certificate(revoked.build())
        .sign(issuer.key, SHA256())
    )
    (home / "crl.pem").write_bytes(crl.public_bytes(Encoding.PEM))
    port = start(crl=home / "crl.pem")
    assert get(port, good, path(made, "xian-desk"))[0] == 200
    with pytest.raises((ssl.SSLError, ConnectionError)):
        get(port, context, path(made))


def test_who_is_slow_at_the_handshake_holds_up_nobody(made, start, authority, monkeypatch):
    monkeypatch.setattr(serving, "SILENCE_S", 0.5)
    port = start()
    with socket.create_connection(("127.0.0.1", port)) as idle, socket.create_connection(("127.0.0.1", port)):
        assert get(port, client(authority, ROOM), path(made))[0] == 200
        idle.settimeout(20)
        assert idle.recv(1) == b""


def test_who_never_ends_a_request_is_hung_up_on(made, start, authority, monkeypatch):
    monkeypatch.setattr(serving, "TRANSFER_S", 0.3)
    port, context = start(), client(authority, ROOM)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
        suppress(OSError),  # either end may be the first to find out
    ):
        line.settimeout(20)
        while True:
            line.sendall(b"G")
            line.settimeout(0.05)
            with suppress(TimeoutError):
                assert line.recv(1) == b""
                break


def test_more_connections_than_places_are_hung_up_on(made, start, authority, monkeypatch):
    monkeypatch.setattr(serving, "PLACES", 1)
    port = start()
    with socket.create_connection(("127.0.0.1", port)) as first:
        with socket.create_connection(("127.0.0.1", port)) as second:
            second.settimeout(20)
            assert second.recv(1) == b""
        first.sendall(b"no handshake\r\n\r\n")
    served = threading.Event()

    def ask():
        with suppress(OSError, http.client.HTTPException):
            if get(port, client(authority, ROOM), path(made))[0] == HTTPStatus.OK:
                served.set()

    while not served.is_set():  # the place is free once the thread has ended; pytest's limit ends this
        ask()


def test_half_a_configuration_is_refused(authority):
    with pytest.raises(ConfigError, match="certificate, key and ca"):
        tls_context(Lists())
    with pytest.raises(ConfigError, match="No such file"):
        tls_context(settings(authority[0], crl=authority[0] / "none.pem"))
