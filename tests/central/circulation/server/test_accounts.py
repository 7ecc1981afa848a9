"""Terminals' accounts: what may be one, who may sign in with it, from where, and on how many lines."""

import datetime as dt
import ssl
from dataclasses import replace

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from sqlalchemy import select
from structlog.testing import capture_logs

from central.accounts.models import AuditEntry
from central.circulation.server import accounts
from central.circulation.server.accounts import Unfit, Wish
from central.circulation.server.models import SipAccount
from central.circulation.server.process import tls_context
from central.circulation.server.terminals import within
from central.cli import cli
from central.config import Sip2
from central.db import open_sessions
from central.fleet import pki
from tests.central.circulation.line import CHECKOUT, STATUS, dial, sealed, signing_in, talk
from tests.central.circulation.world import PASSWORD_HASH

WISH = Wish("machine-1", "xian", "machine")


@pytest.fixture
def session(embedded):
    with open_sessions(embedded).begin() as session:
        yield session


# ---------------------------------------------------------------- what may be one
def test_an_account_is_what_was_wished(session):
    wish = replace(
        WISH,
        overrides='charset = "gbk"',
        certificate="AB:" * 31 + "AB",
        addresses=("10.1.0.0/16", "fd00::/8"),
        no_block=False,
    )
    account = accounts.add(session, wish, "hash")

    assert (account.certificate, account.addresses) == ("ab" * 32, "10.1.0.0/16 fd00::/8")
    assert (account.overrides, account.kind, account.no_block) == ('charset = "gbk"', "machine", False)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"username": ""}, "a user name has"),
        ({"username": "a|b"}, "a user name has"),
        ({"username": "xian-desk"}, "there already"),
        ({"branch": "nowhere"}, "no branch nowhere"),
        ({"kind": "robot"}, "kinds are"),
        ({"dialect": "klingon"}, "no dialect 'klingon'"),
        ({"overrides": "charset = 7"}, r"\$.charset"),
        ({"overrides": 'colour = "red"'}, "colour"),
        ({"overrides": "= ="}, "(?i)invalid"),
        ({"addresses": ("10.1.0.1/16",)}, "host bits set"),
        ({"addresses": ("next door",)}, "next door"),
        ({"max_connections": 0}, "1 to 256"),
    ],
)
def test_what_is_no_account_is_refused(session, changes, why):
    with pytest.raises(Unfit, match=why):
        accounts.add(session, replace(WISH, **changes), "hash")


def test_a_password_is_long_and_not_the_name(session):
    for password in ("short", "machine-1"):
        with pytest.raises(Unfit):
            accounts.check_password("machine-1", password)


def test_who_is_not_there_is_not_closed(session):
    with pytest.raises(Unfit, match="no account nobody"):
        accounts.close(session, "nobody")


@pytest.mark.parametrize(
    ("address", "networks", "inside"),
    [
        ("10.1.2.3", "10.1.0.0/16", True),
        ("10.2.2.3", "10.1.0.0/16 192.168.0.0/24", False),
        ("::ffff:10.1.2.3", "10.1.0.0/16", True),
        ("fe80::1%eth0", "fe80::/10", True),
        ("", "10.1.0.0/16", False),
    ],
)
def test_an_address_lies_in_a_network(address, networks, inside):
    assert within(address, networks) is inside


# ---------------------------------------------------------------- the chores
@pytest.fixture
def home(tmp_path, embedded):
    (tmp_path / "central.toml").write_text(f'state = "state"\ndatabase = "{embedded.url}"\n')

    def call(*words, code=0, password="a long password"):
        options = ["--config", str(tmp_path / "central.toml")]
        result = CliRunner().invoke(
            cli, ["sip2", "account", *words, *options], env={"SHUWU_PASSWORD": password}
        )
        assert result.exit_code == code, result.output
        return result.output

    return call


def test_an_account_is_opened_listed_and_closed(home, embedded, tmp_path):
    overrides = tmp_path / "own.toml"
    overrides.write_text('charset = "gbk"\n')
    home(
        "add",
        "m1",
        "--branch",
        "cun",
        "--kind",
        "machine",
        "--overrides",
        str(overrides),
        "--address",
        "10.0.0.0/8",
    )
    assert "m1\tcun\tmachine\tshuwu\topen\tfrom 10.0.0.0/8\toverrides\n" in home("list")

    home("close", "m1")
    assert "m1\tcun\tmachine\tshuwu\tclosed" in home("list")
    home("password", "m1", password="another long one")
    assert "m1\tcun\tmachine\tshuwu\topen" in home("list")
    with open_sessions(embedded).begin() as session:
        told = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert told == ["sip2_account_added", "sip2_account_closed", "sip2_account_password"]


def test_what_is_refused_is_said_in_a_line(home):
    words = ("add", "xian-desk", "--branch", "xian", "--kind", "kiosk")
    assert "xian-desk is there already" in home(*words, code=1)
    assert "8 characters" in home(*words, code=1, password="short")


# ---------------------------------------------------------------- who, from where
def add(engine, username, **more):
    with open_sessions(engine).begin() as session:
        session.add(
            SipAccount(
                username=username, password_hash=PASSWORD_HASH, branch_id="xian", dialect="shuwu", **more
            )
        )


@pytest.mark.parametrize(("networks", "answer"), [("127.0.0.0/8", b"941"), ("10.0.0.0/8 fd00::/8", b"940")])
def test_an_account_is_bound_to_its_networks(embedded, networks, answer):
    add(embedded, "bound", addresses=networks)

    async def conversation(server):
        async with dial(server) as line:
            return await line.ask(signing_in(user="bound"))

    with capture_logs() as logs:
        assert talk(embedded, conversation).startswith(answer)
    assert ("sip2.misplaced" in str(logs)) is (answer == b"940")


def test_an_account_without_its_certificate_is_nobodys_on_a_plain_line(embedded):
    add(embedded, "bound", certificate="m1")

    async def conversation(server):
        async with dial(server) as line:
            return await line.ask(signing_in(user="bound"))

    assert talk(embedded, conversation).startswith(b"940")


def test_an_account_is_bound_to_its_certificate_by_name_or_fingerprint(embedded, tmp_path):
    issued = dt.datetime.now(dt.UTC)
    authority = pki.make(tmp_path, issued)
    for name, addresses in (("sip2", ["127.0.0.1"]), ("m1", ()), ("m2", ())):
        pki.save(tmp_path, name, authority.issue(name, issued, addresses))
    fingerprint = _fingerprint(tmp_path / "m1.crt")
    add(embedded, "by-name", certificate="m1")
    add(embedded, "by-print", certificate=fingerprint)

    def terminal(name):
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
        context.load_cert_chain(tmp_path / f"{name}.crt", tmp_path / f"{name}.key")
        return context

    async def conversation(server):
        answers = []
        for shown in ("m1", "m2"):
            for user in ("by-name", "by-print"):
                async with dial(server, ssl=terminal(shown)) as line:
                    answers.append((await line.ask(signing_in(user=user)))[:3])
        return answers

    sip2 = Sip2(certificate=tmp_path / "sip2.crt", key=tmp_path / "sip2.key", ca=tmp_path / "ca.crt")
    assert talk(embedded, conversation, tls=tls_context(sip2)) == [b"941", b"941", b"940", b"940"]


def _fingerprint(path):
    return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex()


# ---------------------------------------------------------------- how many lines
def test_one_line_more_closes_the_longest_silent_one(embedded):
    add(embedded, "twice", max_connections=2)

    async def conversation(server):
        async with dial(server) as first, dial(server) as second, dial(server) as third:
            for line in (first, second):
                assert (await line.ask(signing_in(user="twice"))).startswith(b"941")
            await first.ask(STATUS + b"\r")  # so that the second is the silent one
            assert (await third.ask(signing_in(user="twice"))).startswith(b"941")
            return [await line.ask(STATUS + b"\r") for line in (first, second, third)]

    with capture_logs() as logs:
        answers = talk(embedded, conversation)
    assert [answer[:3] for answer in answers] == [b"98Y", b"", b"98Y"]
    assert [entry["account"] for entry in logs if entry["event"] == "sip2.crowded"] == ["twice"]


def test_a_line_that_signs_out_or_ends_makes_room(embedded):
    add(embedded, "once", max_connections=1)

    async def conversation(server):
        async with dial(server) as first, dial(server) as second:
            assert (await first.ask(signing_in(user="once"))).startswith(b"941")
            assert (await first.ask(signing_in(user="xian-desk"))).startswith(b"941")
            assert (await second.ask(signing_in(user="once"))).startswith(b"941")
            return [await line.ask(STATUS + b"\r") for line in (first, second)]

    assert [answer[:3] for answer in talk(embedded, conversation)] == [b"98Y", b"98Y"]


def test_two_terminals_on_one_account_do_not_hear_each_others_answers(embedded):
    """The same sequence numbers, other books: each gets its own."""

    async def conversation(server):
        async with dial(server) as one, dial(server) as other:
            await one.sign_in()
            await other.sign_in()
            return [
                await line.ask(sealed(CHECKOUT.replace("ABB1", f"AB{book}"), 1))
                for line, book in ((one, "B1"), (other, "B4"))
            ]

    mine, theirs = talk(embedded, conversation)
    assert b"|ABB1|" in mine
    assert b"|ABB4|" in theirs
