"""Which terminal has which gateway, and what a gateway's settings may not be."""

import asyncio
import shutil
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from central.circulation.gateway import routing
from central.circulation.gateway.routing import Gateways, NotYet
from central.config import ConfigError, Gateway
from central.db import open_engine, open_sessions
from central.fleet import pki
from central.fleet.models import Branch
from tests.central.circulation.gateway import desk as desks
from tests.central.circulation.gateway.desk import KEYS, MACHINE, Clock, gateway, until
from tests.central.circulation.gateway.ils import Ils
from tests.central.circulation.world import NOW_MS, fill
from wire.sip2 import messages as m


def settings(**more):
    given = {"name": "county", "host": "127.0.0.1", "port": 1, "branches": ("xian",), **more}
    return Gateway(**given)


def made(engine, *given):
    """What the gateways say to terminals of these branches."""

    async def within():
        gateways = Gateways(given, engine, KEYS, lambda: NOW_MS)
        try:
            return {
                branch: gateways.route(replace(MACHINE, branch=branch)) for branch in ("xian", "cun", "zhen")
            }
        finally:
            await gateways.stop()

    return asyncio.run(within())


def test_the_nearest_branch_above_that_has_a_gateway(embedded):
    with open_sessions(embedded).begin() as session:
        session.add(Branch(id="zhen", tier="town", name_zh="镇", name_en="Town", zone="Asia/Shanghai"))
    found = made(embedded, settings(), settings(name="village", branches=("cun",)))
    assert found["xian"] is not None
    assert found["cun"] not in {None, found["xian"]}
    assert found["zhen"] is None
    found = made(embedded, settings())
    assert found["cun"] is found["xian"]


def test_a_database_that_is_not_there_yet_is_waited_for(migrated_file, tmp_path, monkeypatch):
    """Nobody goes to the ledger by mistake meanwhile: no terminal is answered before the branches are known."""
    monkeypatch.setattr(routing, "AWAY_S", 0.01)
    place = tmp_path / "late" / "central.db"
    engine = open_engine(f"sqlite:///{place}")

    async def within():
        gateways = Gateways([settings(), settings(name="odd", branches=("nowhere",))], engine, KEYS, Clock())
        gateways.start()
        try:
            with pytest.raises(NotYet):
                gateways.route(MACHINE)
            place.parent.mkdir()
            shutil.copy(migrated_file, place)
            fill(engine)
            await until(lambda: gateways.knows_branches)
            assert gateways.route(MACHINE) is not None
            assert gateways.route(replace(MACHINE, branch="zhen")) is None
        finally:
            await gateways.stop()

    with capture_logs() as told:
        asyncio.run(within())
    engine.dispose()
    assert [one["branches"] for one in told if one["event"] == "gateway.no_such_branch"] == [["nowhere"]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"dialect": "klingon"}, "no dialect 'klingon'"),
        ({"overrides": "chraset = 1"}, "chraset"),
        ({"branches": ("nowhere",)}, "no branch 'nowhere'"),
        ({"ca": "/nowhere/ca.crt"}, "gateway` county"),
    ],
)
def test_settings_that_cannot_be(embedded, given, message):
    with pytest.raises(ConfigError, match=message):
        made(embedded, settings(**given))


def test_a_password_that_others_may_read_is_refused(embedded, tmp_path):
    path = tmp_path / "password"
    with pytest.raises(ConfigError, match="No such file"):
        made(embedded, settings(username="u", password_file=path))
    path.write_text("secret\n", encoding="utf-8")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        made(embedded, settings(username="u", password_file=path))


class TlsIls(Ils):
    """The same on a line of TLS; it wants a certificate of our authority."""

    def __init__(self, context):
        super().__init__()
        self._context = context

    async def start(self, port=0):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]


def test_a_line_of_tls_with_certificates_on_both_ends(embedded, tmp_path, monkeypatch):
    desks.hurry(monkeypatch)
    now = datetime.now(UTC) - timedelta(hours=1)
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    authority, stranger = pki.make(ours, now), pki.make(theirs, now)
    pki.save(ours, "ils", authority.issue("ils", now, ["127.0.0.1"]))
    pki.save(ours, "gate", authority.issue("gate", now, ()))
    pki.save(theirs, "gate", stranger.issue("gate", now, ()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ours / "ils.crt", ours / "ils.key")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ours / "ca.crt")

    async def asked(ca, folder, server_name=""):
        ils = TlsIls(context)
        await ils.start()
        identity = {"certificate": folder / "gate.crt", "key": folder / "gate.key"}
        try:
            async with gateway(
                embedded, ils.port, ca=ca / "ca.crt", server_name=server_name, timeout_s=5, **identity
            ) as desk:
                await until(lambda: desk.upstream.status or not desk.upstream.is_up)
                return (
                    desk.upstream.is_up
                    and (
                        await desk.ask(m.ItemInformation(transaction_date=desks.AT, item_identifier="B1"))
                    ).title_identifier
                )
        finally:
            await ils.stop()

    assert asyncio.run(asked(ours, ours)) == "三体"
    assert asyncio.run(asked(ours, ours, "ils.example")) is False
    pki.save(ours, "named", authority.issue("named", now, ["ils.example"]))
    context.load_cert_chain(ours / "named.crt", ours / "named.key")
    assert asyncio.run(asked(ours, ours)) is False
    assert asyncio.run(asked(ours, ours, "ils.example")) == "三体"
    assert asyncio.run(asked(theirs, ours)) is False
    assert asyncio.run(asked(ours, theirs)) is False
