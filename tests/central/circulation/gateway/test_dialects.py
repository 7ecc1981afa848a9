"""Library systems that speak otherwise than the terminals, and two processes before one of them."""

import asyncio

import pytest

from central.circulation.gateway.rule import NOT_OFFERED
from tests.central.circulation.gateway import desk as desks
from tests.central.circulation.gateway.desk import checkin, checkout, facts, gateway, reader, serve, tallies
from tests.central.circulation.gateway.ils import listening, polite
from tests.central.circulation.gateway.test_offline import Library
from wire.sip2 import messages as m
from wire.sip2.codec import checksum
from wire.sip2.dialect import load

INTERLIB = load("interlib")
DP2 = load("dp2")
NOW = "20260301    100000"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    desks.hurry(monkeypatch)


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "password"
    path.write_text("secret", encoding="utf-8")
    path.chmod(0o600)
    return path


def in_interlib(engine, password_file, conversation, script):
    async def within():
        async with (
            asyncio.timeout(30),
            listening(script, INTERLIB) as ils,
            gateway(engine, ils.port, dialect="interlib", username="op", password_file=password_file) as desk,
        ):
            await desk.until_up()
            return await conversation(desk, ils)

    asyncio.run(within())


def said(text):
    """An answer as that system writes it: GBK, a constant sequence number, a delimiter behind the checksum."""
    marked = text.encode("gbk") + b"AY4AZ"
    return marked + checksum(marked) + b"|\r"


def test_interlib_says_yes_in_words_and_no_in_words(embedded, password_file):
    def script(message, _):
        match message:
            case m.Checkout(item_identifier="B1"):
                return said(f"120NNN{NOW}AOQY|AAR1|ABB1|AJ三体|AH2026-03-31|AF借书成功|")
            case m.Checkout():
                return said(f"121NNN{NOW}AOQY|AAR1|ABB2|AJ昆虫记|AH|AF借书失败，超过册数|")
        return polite(message)

    async def conversation(desk, ils):
        lent = await desk.ask(checkout("B1"))
        assert (lent.ok, lent.title_identifier, lent.due_date) == (True, "三体", "20260331    235959")
        refused = await desk.ask(checkout("B2"))
        assert (refused.ok, refused.screen_message) == (False, ("借书失败，超过册数",))
        assert [pair for pair in ils.of(m.Checkout)[0].extra if pair[0] == "CN"] == [("CN", "op")]

    in_interlib(embedded, password_file, conversation, script)
    assert [type(fact).__name__ for fact in facts(embedded)] == ["LoanMade", "LoanRefused"]
    assert tallies(embedded) == {"loans": 1, "refusals": 1}


def test_a_due_date_in_utc_is_told_and_counted_as_the_branch_s_own(embedded, password_file):
    def script(message, _):
        if isinstance(message, m.Checkout):
            return said(f"121NNN{NOW}AOQY|AAR1|ABB1|AJ三体|AH20260331   Z170000|AF借书成功|")
        return polite(message)

    async def conversation(desk, ils):
        assert (await desk.ask(checkout("B1"))).due_date == "20260401    010000"

    in_interlib(embedded, password_file, conversation, script)
    assert [fact.due for fact in facts(embedded)] == ["2026-04-01"]


def test_interlib_lists_loans_under_another_name_and_a_deposit_that_is_no_debt(embedded, password_file):
    def script(message, _):
        if isinstance(message, m.PatronInformation):
            counts = "0000" * 6
            fields = "AOQY|AAR1|AE林书远|BLY|BV100.00|ASB1|ASB2|XT成人|"
            return said(f"64              001{NOW}{counts}{fields}")
        return polite(message)

    async def conversation(desk, ils):
        answer = await desk.ask(reader())
        assert (answer.charged_items, answer.fee_amount, answer.personal_name) == (("B1", "B2"), "", "林书远")

    in_interlib(embedded, password_file, conversation, script)


@pytest.mark.parametrize(("pin", "good"), [("", True), ("1357", False)])
def test_a_wrong_pin_counts_where_one_was_given(embedded, pin, good):
    """dp2 says CQ N to who asks without a PIN: that reader is as good as any, also while it is silent."""

    def script(message, _):
        if not isinstance(message, m.PatronInformation):
            return polite(message)
        fields = "AO|AAR1|AE林书远|BZ0009|CB10|BLY|CQN|"
        marked = f"64              019{NOW}{'0000' * 6}{fields}".encode()
        return marked + b"AY4AZ0000\r"

    async def conversation(desk, ils):
        await desk.ask(reader(patron_password=pin))
        await ils.stop()
        await desk.until_up(False)
        assert (await desk.ask(checkout())).ok is good

    async def within():
        async with (
            asyncio.timeout(30),
            listening(script, DP2) as ils,
            gateway(embedded, ils.port, dialect="dp2") as desk,
        ):
            await desk.until_up()
            await conversation(desk, ils)

    asyncio.run(within())


def test_an_ils_that_lacks_a_request_is_not_asked_it(embedded):
    async def conversation(desk, ils):
        ended = m.EndPatronSession(transaction_date=desks.AT, patron_identifier="R1")
        assert (await desk.ask(ended)).end_session
        assert ils.of(m.EndPatronSession) == []
        held = m.Hold(transaction_date=desks.AT, patron_identifier="R1", item_identifier="B1")
        refused = await desk.ask(held)
        assert (refused.ok, refused.screen_message, refused.fault) == (False, (NOT_OFFERED,), None)
        assert (await desk.ask(reader())).valid_patron is None

    serve(embedded, conversation, overrides='lacks = ["15", "35", "63"]')


def test_two_processes_tell_an_ils_once(library):
    ils = Library()

    async def scenario():
        async with asyncio.timeout(30), listening(ils) as heard:
            async with gateway(library, heard.port) as one, gateway(library, heard.port) as other:
                await one.until_up()
                await other.until_up()
                await one.ask(reader())
                ils.deaf = True
                await one.ask(checkout())
                await other.ask(checkin("B9"))
                ils.deaf = False
                await one.until_settled()
            assert (len(heard.of(m.Checkout)), len(heard.of(m.Checkin))) == (1, 1)

    asyncio.run(scenario())
    assert tallies(library) == {"loans": 1, "returns": 1, "loans_offline": 1, "returns_offline": 1}


def test_a_retransmission_at_the_other_process_is_asked_once(library):
    async def scenario():
        async with asyncio.timeout(30), listening() as heard:
            async with gateway(library, heard.port) as one, gateway(library, heard.port) as other:
                await one.until_up()
                await other.until_up()
                assert (await one.ask(checkout(), number=3)).ok
                await one.gateways._running["county"].front.stop()
                assert (await other.ask(checkout(), number=3)).ok
            assert len(heard.of(m.Checkout)) == 1

    asyncio.run(scenario())
    assert tallies(library) == {"loans": 1}


def test_an_answer_without_a_title_or_a_date_is_good_enough(embedded):
    def script(message, _):
        answer = polite(message)
        return answer.but(title_identifier="", due_date="") if isinstance(message, m.Checkout) else answer

    async def conversation(desk, ils):
        assert (await desk.ask(checkout())).ok

    serve(embedded, conversation, script)
    assert facts(embedded)[0].due == ""
