"""Certificates that TLS accepts, for the names they bear and the roles they have."""

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from central.config import ConfigError
from central.fleet import pki

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path):
    authority = pki.make(tmp_path, NOW)
    pki.save(tmp_path, "broker", authority.issue("broker", NOW, ["localhost", "127.0.0.1"]))
    pki.save(tmp_path, "zhen-24h-1", authority.issue("zhen-24h-1", NOW))
    return tmp_path


def handshake(folder, *, server="broker", client="zhen-24h-1", name="localhost"):
    """The client's common name as the server sees it."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / f"{server}.crt", folder / f"{server}.key")
    serving.load_verify_locations(folder / "ca.crt")
    serving.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=folder / "ca.crt")
    asking.verify_flags |= ssl.VERIFY_X509_STRICT
    asking.load_cert_chain(folder / f"{client}.crt", folder / f"{client}.key")
    near, far = socket.socketpair()
    seen = []

    def serve():
        try:
            with serving.wrap_socket(far, server_side=True) as line:
                seen.append(dict(pair[0] for pair in line.getpeercert()["subject"])["commonName"])
                line.sendall(b"!")
        except ssl.SSLError:
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with asking.wrap_socket(near, server_hostname=name) as line:
            line.recv(1)
    finally:
        near.close()
        thread.join()
    return seen


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_device_and_a_server_meet(folder, name):
    assert handshake(folder, name=name) == ["zhen-24h-1"]


def test_a_server_of_another_name_is_refused(folder):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(folder, name="example.org")


def test_a_device_cannot_pose_as_a_server(folder):
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(folder, server="zhen-24h-1")


def test_certificates_hold_for_a_clock_that_is_late_and_not_for_ever(folder):
    certificate = x509.load_pem_x509_certificate((folder / "broker.crt").read_bytes())
    assert certificate.not_valid_before_utc < NOW - timedelta(hours=23)
    assert certificate.not_valid_after_utc < NOW + timedelta(days=826)


def test_keys_are_private_and_never_overwritten(folder):
    for name in ("ca", "broker", "zhen-24h-1"):
        assert stat.S_IMODE((folder / f"{name}.key").stat().st_mode) == 0o600
    with pytest.raises(ConfigError, match="exists"):
        pki.save(folder, "broker", pki.load(folder).issue("broker", NOW))


def test_an_authority_is_made_once(folder):
    before = (folder / "ca.crt").read_bytes()
    assert pki.make(folder, NOW).certificate == x509.load_pem_x509_certificate(before)
    (folder / "ca.key").unlink()
    with pytest.raises(ConfigError, match="no authority"):
        pki.make(folder, NOW)
    assert (folder / "ca.crt").read_bytes() == before


def test_no_authority_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match="pki init"):
        pki.load(tmp_path)


@pytest.mark.parametrize("name", ["broker", "zhen-24h-1"])
def test_a_certificate_signs_and_nothing_else(folder, name):
    """It neither issues others nor wraps keys."""
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert found.critical
    assert found.value.digital_signature
    assert not any((found.value.key_cert_sign, found.value.crl_sign, found.value.key_encipherment))


@pytest.mark.parametrize("name", ["", "../x", "a/b", "+", "#", ".hidden", "x" * 65, "two words"])
def test_a_name_is_a_plain_one(folder, name):
    """It becomes a file's name, and the broker's user name in every topic."""
    with pytest.raises(ConfigError, match="no name for a certificate"):
        pki.load(folder).issue(name, NOW)
