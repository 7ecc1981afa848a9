"""The server as its own process, and on a line of TLS."""

import datetime as dt
import signal
import socket
import ssl
import subprocess
import sys
import time
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from central import keys
from central.circulation.server.process import tls_context
from central.config import ConfigError, Sip2
from central.fleet import pki
from tests.central.circulation.line import dial, signing_in, talk

PROGRAM = """
import sys
import time
from pathlib import Path
from central import keys
from central.circulation.server.process import serve
from central.config import load
serve(load(Path(sys.argv[1])))
"""


@pytest.fixture
def identity(tmp_path):
    """Certificate and key of 127.0.0.1, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sip2")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Sip2(certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem")


def test_a_line_of_tls(embedded, identity):
    trusting = ssl.create_default_context(cafile=str(identity.certificate))

    async def conversation(server):
        async with dial(server, ssl=trusting) as line:
            return await line.ask(signing_in())

    assert talk(embedded, conversation, tls=tls_context(identity)) == b"941AY0AZFDFD\r"


def test_a_plain_terminal_on_a_line_of_tls_hears_nothing(embedded, identity):
    async def conversation(server):
        async with dial(server) as line:
            return await line.ask(signing_in())

    assert not talk(embedded, conversation, tls=tls_context(identity)).startswith(b"94")


def test_a_terminal_shows_a_certificate_where_one_is_wanted(embedded, tmp_path):
    now = dt.datetime.now(dt.UTC)
    authority, stranger = (pki.make(tmp_path / name, now) for name in ("ours", "theirs"))
    for ca, folder, name, addresses in (
        (authority, "ours", "sip2", ["127.0.0.1"]),
        (authority, "ours", "cun-room", ()),
        (stranger, "theirs", "cun-room", ()),
    ):
        pki.save(tmp_path / folder, name, ca.issue(name, now, addresses))

    def terminal(folder):
        context = ssl.create_default_context(cafile=str(tmp_path / "ours" / "ca.crt"))
        if folder:
            context.load_cert_chain(tmp_path / folder / "cun-room.crt", tmp_path / folder / "cun-room.key")
        return context

    async def conversation(server):
        answers = []
        for folder in ("ours", "theirs", ""):
            try:
                async with dial(server, ssl=terminal(folder)) as line:
                    answers.append(await line.ask(signing_in()))
            except OSError:  # an SSLError or a reset, by who notices first
                answers.append(None)
        return answers

    ours = tmp_path / "ours"
    sip2 = Sip2(certificate=ours / "sip2.crt", key=ours / "sip2.key", ca=ours / "ca.crt")
    assert talk(embedded, conversation, tls=tls_context(sip2)) == [b"941AY0AZFDFD\r", b"", b""]


def test_no_certificate_is_a_plain_line():
    assert tls_context(Sip2()) is None


def test_half_an_identity_is_refused(identity):
    for half in (Sip2(certificate=identity.certificate), Sip2(key=identity.key), Sip2(ca=identity.key)):
        with pytest.raises(ConfigError, match=r"certificate and key go together, .* at `\$.sip2`"):
            tls_context(half)


def test_an_unreadable_certificate_names_its_key(identity, tmp_path):
    with pytest.raises(ConfigError, match=r"absent.pem: .* at `\$.sip2.ca`"):
        tls_context(Sip2(certificate=identity.certificate, key=identity.key, ca=tmp_path / "absent.pem"))
    with pytest.raises(ConfigError, match=r"absent.pem: .* at `\$.sip2.certificate`"):
        tls_context(Sip2(certificate=tmp_path / "absent.pem", key=identity.key))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_process_serves_until_it_is_told_to_stop(embedded, tmp_path, told):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keys.make(tmp_path)
    config = tmp_path / "central.toml"
    keys.make(tmp_path / "state")
    config.write_text(f'state = "state"\ndatabase = "{embedded.url}"\n[sip2]\nport = {port}\n')
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(config)], stdout=subprocess.PIPE)
    try:
        with _connected(process, port) as line:
            line.sendall(b"9900802.00\r")
            assert line.recv(3) == b"98Y"
            process.send_signal(told)
            assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_server_takes_the_files_that_its_lines_need():
    """In a process of its own: nobody gets back what a process gave up."""
    program = """
import resource
from central import keys
from central.circulation.server.process import _allow_files
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 512))
_allow_files(300)
print(resource.getrlimit(resource.RLIMIT_NOFILE))
_allow_files(100)
print(resource.getrlimit(resource.RLIMIT_NOFILE))
_allow_files(9000)
print(resource.getrlimit(resource.RLIMIT_NOFILE))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60, text=True
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("(")]
    assert told == ["(300, 512)", "(300, 512)", "(512, 512)"]
    assert "sip2.few_files" in done.stdout


def _connected(process, port):
    """A line, as soon as the process listens."""
    while process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 10)
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError(f"ended with {process.returncode}")
