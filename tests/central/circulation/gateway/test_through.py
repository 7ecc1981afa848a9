"""The whole way: terminals on sockets, our SIP2 server with a gateway, another SIP2 server of ours as the ILS."""

import asyncio
import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date

import pytest
from msgspec import Raw
from sqlalchemy import update

from central.circulation.gateway.routing import Gateways
from central.circulation.server import counting
from central.circulation.server.listen import SipServer
from central.circulation.server.models import SipAccount
from central.config import Gateway
from central.db import open_engine, open_sessions
from central.fleet.models import Device
from central.ingest.absorb import absorb
from central.reports.period import Kind, Period
from central.reports.rebuild import rebuild
from central.reports.sums import counts
from tests.central.circulation.gateway.desk import KEYS
from tests.central.circulation.line import NOW, dial, open_loans, sealed, signing_in
from tests.central.circulation.world import NOW_MS, fill
from wire import facts
from wire.envelope import SCHEMA, Batch, Row, encode_fact


@pytest.fixture
def ils_engine(migrated_file, tmp_path):
    """The database of the library system, which is one of ours."""
    shutil.copy(migrated_file, tmp_path / "ils.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'ils.db'}")
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "ils.password"
    path.write_text("terminal secret\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@asynccontextmanager
async def running(server):
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


def through(engine, ils_engine, password_file, conversation, **settings):
    async def within():
        async with asyncio.timeout(60), running(SipServer(ils_engine, now_ms=lambda: NOW_MS)) as ils:
            one = Gateway(
                name="county",
                host="127.0.0.1",
                port=ils.port,
                branches=("xian",),
                dialect="shuwu",
                username="cun-room",
                password_file=password_file,
                **settings,
            )
            gateways = Gateways([one], engine, KEYS, lambda: NOW_MS)
            server = SipServer(
                engine,
                now_ms=lambda: NOW_MS,
                route=gateways.route,
                count=counting.by(gateways.journal),
            )
            async with running(server):
                gateways.start()
                try:
                    await conversation(server)
                finally:
                    await gateways.stop()

    asyncio.run(within())


def is_machine(engine, username):
    with open_sessions(engine).begin() as session:
        session.execute(
            update(SipAccount)
            .where(SipAccount.username == username)
            .values(kind="machine", dialect="generic")
        )


def checkout(card, item, number):
    return sealed(f"11NN{NOW}{' ' * 18}AOxian|AA{card}|AB{item}|AC|", number)


def told_by_a_kiosk(engine, *told):
    """What a kiosk of the county's sends to the ingest."""
    with open_sessions(engine).begin() as session:
        session.add(
            Device(
                id="xian-kiosk",
                branch_id="xian",
                name_zh="一号机",
                name_en="One",
                setting="staffed",
                last_order=0,
            )
        )
    rows = [Row(NOW_MS, 1, "0123abcd", True, Raw(encode_fact(fact))) for fact in told]
    with engine.begin() as connection:
        assert absorb(connection, "xian-kiosk", Batch(SCHEMA, "5f" * 16, 1, rows), NOW_MS, KEYS.readers).new


def loans(engine):
    period = Period(Kind.DAY, date(2026, 3, 1), date(2026, 3, 1))
    with open_sessions(engine, readonly=True)() as session:
        return {(one.device, one.measure): one.amount for one in counts(session, period)}


def test_one_through_a_kiosk_and_one_through_another_makers_machine_are_two(
    library, ils_engine, password_file
):
    is_machine(library, "cun-room")

    async def conversation(server):
        async with dial(server) as kiosk, dial(server) as machine:
            await kiosk.sign_in()
            assert (await kiosk.ask(checkout("R1", "B1", 1))).startswith(b"121")
            assert await machine.ask(signing_in(user="cun-room")) == b"941AY0AZFDFD\r"
            lent = checkout("R2", "B2", 1)
            assert (await machine.ask(lent)).startswith(b"121NNY")
            assert (await machine.ask(lent)).startswith(b"121NNY")

    through(library, ils_engine, password_file, conversation)
    told_by_a_kiosk(library, facts.LoanMade("a" * 16, "B1", "ab" * 16, "adult", "三体", "I247.55/1"))
    assert open_loans(ils_engine) == 2
    assert open_loans(library) == 0
    both = {("xian-kiosk", "loans"): 1, ("gateway-cun", "loans"): 1}
    assert loans(library) == both
    rebuild(library, date(2026, 3, 1), date(2026, 3, 1))
    assert loans(library) == both


def test_the_same_where_the_ledger_is_the_library_system(library):
    is_machine(library, "cun-room")

    async def within():
        gateways = Gateways([], library, KEYS, lambda: NOW_MS)
        count = counting.by(gateways.journal)
        async with (
            running(SipServer(library, now_ms=lambda: NOW_MS, route=gateways.route, count=count)) as server,
            dial(server) as kiosk,
            dial(server) as machine,
        ):
            await kiosk.sign_in()
            assert (await kiosk.ask(checkout("R1", "B1", 1))).startswith(b"121")
            await machine.ask(signing_in(user="cun-room"))
            assert (await machine.ask(checkout("R2", "B2", 1))).startswith(b"121")
        await gateways.stop()

    asyncio.run(within())
    told_by_a_kiosk(library, facts.LoanMade("a" * 16, "B1", "ab" * 16, "adult", "三体", "I247.55/1"))
    assert loans(library) == {("xian-kiosk", "loans"): 1, ("gateway-cun", "loans"): 1}


def test_a_terminals_password_ends_here(embedded, ils_engine, password_file):
    with open_sessions(ils_engine).begin() as session:
        session.execute(update(SipAccount).where(SipAccount.username == "xian-desk").values(active=False))

    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()  # known to us, closed at the ILS
            assert (await line.ask(checkout("R1", "B1", 1))).startswith(b"121")

    through(embedded, ils_engine, password_file, conversation)


def test_a_terminal_in_gbk_before_an_ils_in_utf_8(embedded, ils_engine, password_file):
    with open_sessions(embedded).begin() as session:
        session.execute(
            update(SipAccount)
            .where(SipAccount.username == "xian-desk")
            .values(dialect="generic", overrides='charset = "gbk"\nterminator = "\\r\\n"')
        )

    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            answer = await line.ask(sealed(f"17{NOW}AOxian|ABB1|", 1))
            assert "|AJ三体|".encode("gbk") in answer

    through(embedded, ils_engine, password_file, conversation)


def test_many_terminals_share_few_sessions(embedded, ils_engine, password_file):
    async def conversation(server):
        async with AsyncExitStack() as stack:
            lines = [await stack.enter_async_context(dial(server)) for _ in range(12)]
            for line in lines:
                await line.sign_in()
            asked = [line.ask(sealed(f"17{NOW}AOxian|ABB{1 + at % 5}|", 1)) for at, line in enumerate(lines)]
            for at, answer in enumerate(await asyncio.gather(*asked)):
                assert f"ABB{1 + at % 5}|".encode() in answer

    through(embedded, ils_engine, password_file, conversation, sessions=2)


@pytest.mark.parametrize(
    ("lacks", "asked", "answer"),
    [
        (
            "23",
            f"23019{NOW}AOxian|AAR1|AC|AD135790|",
            f"24{' ' * 14}019{NOW}AOcun|AAR1|AE林书远|BLY|CQY|",
        ),
        (
            "63",
            f"63019{NOW}  Y       AOxian|AAR1|AC|AD135790|",
            f"64{' ' * 14}019{NOW}{' ' * 24}AOcun|AAR1|AE林书远|BLY|CQY|",
        ),
        (
            "15",
            f"23019{NOW}AOxian|AAR1|AC|AD000000|",
            f"24YYYY{' ' * 10}019{NOW}AOcun|AAR1|AE|BLY|CQN|AF密码不正确，请重新输入；忘记密码请到服务台。|",
        ),
        (
            "23",
            f"23019{NOW}AOxian|AAR1|AC|AD000000|",
            f"24YYYY{' ' * 10}019{NOW}AOcun|AAR1|AE|BLY|CQN|AF密码不正确，请重新输入；忘记密码请到服务台。|",
        ),
        (
            "23",
            f"23019{NOW}AOxian|AAnobody|AC|AD|",
            f"24YYYY{' ' * 10}019{NOW}AOcun|AAnobody|AE|BLN|AF没有找到这张读者证，请换一张证或到服务台办证。|",
        ),
    ],
)
def test_who_a_reader_is_is_asked_as_the_library_system_knows_it(
    library, ils_engine, password_file, lacks, asked, answer
):
    is_machine(library, "cun-room")

    async def conversation(server):
        async with dial(server) as machine:
            await machine.ask(signing_in(user="cun-room"))
            assert (await machine.ask(sealed(asked, 1))).decode() == sealed(answer, 1).decode()

    through(library, ils_engine, password_file, conversation, overrides=f'lacks = ["{lacks}"]')
