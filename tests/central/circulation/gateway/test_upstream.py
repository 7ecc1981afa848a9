"""A pool of sessions against library systems that behave well and badly, over real sockets."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from central.circulation.gateway import upstream as upstreams
from central.circulation.gateway.session import Access, Silent, Unreached
from central.circulation.gateway.upstream import Upstream
from tests.central.circulation.gateway.ils import CLOSE, GENERIC, Ils, listening, polite, status
from wire.sip2 import messages as m
from wire.sip2.codec import encode
from wire.sip2.dialect import load, merge

ITEM = m.ItemInformation(transaction_date=None, item_identifier="B1")
OTHER = m.ItemInformation(transaction_date=None, item_identifier="B2")
CHECKOUT = m.Checkout(transaction_date=None, patron_identifier="R1", item_identifier="B1")


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(upstreams, "WATCH_S", 0.02)


@asynccontextmanager
async def pool(
    port, *, dialect=GENERIC, sessions=2, timeout_s=0.8, keepalive_s=60.0, username="gate", back=list
):
    access = Access("127.0.0.1", port, dialect, username, "secret", "here", None)
    of = Upstream(
        "ils", access, sessions=sessions, timeout_s=timeout_s, keepalive_s=keepalive_s, changed=back
    )
    of.start()
    try:
        yield of
    finally:
        await of.stop()


def run(conversation, script=None, *, dialect=GENERIC, **options):
    async def within():
        async with (
            asyncio.timeout(20),
            listening(script, dialect) as ils,
            pool(ils.port, dialect=dialect, **options) as of,
        ):
            return await conversation(of, ils)

    return asyncio.run(within())


async def until(true):
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - what the other end of a socket does rings no bell
            await asyncio.sleep(0.005)


def test_it_signs_in_once_and_keeps_the_line():
    async def conversation(of, ils):
        await until(lambda: of.status)
        for _ in range(3):
            assert (await of.ask(ITEM)).title_identifier == "三体"
        login = ils.of(m.Login)
        assert [(one.login_user_id, one.login_password, one.location_code) for one in login] == [
            ("gate", "secret", "here")
        ]
        assert ils.lines == 1
        assert of.status.offline_ok

    run(conversation)


def test_an_ils_that_bears_fewer_sessions_is_asked_through_those(monkeypatch):
    """dp2 refuses the login that is one too many; that is no silence of its."""
    monkeypatch.setattr(upstreams, "GROW_S", 0.3)
    bears = [2]

    async def conversation(of, ils):
        ours.append(ils)
        await until(lambda: of.status)
        answers = await asyncio.gather(*(of.ask(ITEM) for _ in range(8)))
        assert [answer.title_identifier for answer in answers] == ["三体"] * 8
        assert of.is_up
        assert of._sessions == 2
        refused = len(ils.of(m.Login))
        assert refused <= 6, "it does not knock for each question"
        bears[0] = 4
        await until(lambda: of._sessions == 4)
        await asyncio.gather(*(of.ask(ITEM) for _ in range(8)))
        assert ils.open == 4

    ours = []

    def script(message, _):
        if isinstance(message, m.Login) and ours and ours[0].open > bears[0]:
            return [m.LoginResponse(ok=False), CLOSE]
        return [0.05, polite(message)] if isinstance(message, m.ItemInformation) else polite(message)

    run(conversation, script, sessions=4, timeout_s=3.0)


def test_a_place_that_is_let_in_at_no_time_takes_no_session_from_the_others():
    """As a branch whose CP the library system does not know."""

    async def conversation(of, ils):
        await until(lambda: of.status)
        others = [asyncio.create_task(of.ask(ITEM)) for _ in range(3)]
        await until(lambda: len(ils.of(m.ItemInformation)) == 3)
        with pytest.raises(Unreached, match="refuses our login"):
            await of.ask(OTHER, "nowhere")
        await asyncio.gather(*others)
        assert of.is_up
        assert of._sessions == 4
        await asyncio.gather(*(of.ask(ITEM) for _ in range(8)))
        assert ils.open == 4

    def script(message, _):
        if isinstance(message, m.Login) and message.location_code == "nowhere":
            return m.LoginResponse(ok=False)
        return [0.05, polite(message)] if isinstance(message, m.ItemInformation) else polite(message)

    run(conversation, script, sessions=4, timeout_s=3.0)


def test_a_login_that_nobody_is_granted_is_a_failure():
    async def conversation(of, ils):
        for _ in range(3):
            with pytest.raises(Unreached, match="refuses our login"):
                await of.ask(ITEM)
        assert not of.is_up

    def script(message, _):
        return m.LoginResponse(ok=False) if isinstance(message, m.Login) else polite(message)

    run(conversation, script, sessions=4)


def test_who_needs_no_login_gives_none():
    async def conversation(of, ils):
        await of.ask(ITEM)
        assert ils.of(m.Login) == []

    run(conversation, username="")


def test_no_more_sessions_than_allowed_and_one_question_at_a_time():
    most = 0

    def script(message, _):
        nonlocal most
        most = max(most, ils_open())
        return [0.02, polite(message)]

    opened = []

    def ils_open():
        return opened[0].open if opened else 0

    async def conversation(of, ils):
        opened.append(ils)
        answers = await asyncio.gather(*(of.ask(ITEM) for _ in range(12)))
        assert all(answer.item_identifier == "B1" for answer in answers)
        assert (most, ils.lines) == (3, 3)

    run(conversation, script, sessions=3, timeout_s=2.0)


def test_an_answer_late_for_one_question_is_never_anothers():
    def script(message, _):
        late = isinstance(message, m.ItemInformation) and message.item_identifier == "B1"
        return [1.2, polite(message)] if late else polite(message)

    async def conversation(of, ils):
        with pytest.raises(Silent):
            await of.ask(ITEM)
        assert (await of.ask(OTHER)).item_identifier == "B2"
        assert ils.lines == 2

    run(conversation, script, sessions=1)


def test_an_ils_that_closes_after_each_answer_is_served_all_the_same():
    def script(message, count):
        answer = polite(message)
        return [answer, CLOSE] if isinstance(message, m.ItemInformation) else answer

    async def conversation(of, ils):
        for _ in range(5):
            assert (await of.ask(ITEM)).item_identifier == "B1"
        assert of.is_up

    run(conversation, script)


SIGNED_OUT = m.LoginResponse(ok=False)


def test_who_was_forgotten_signs_in_again_and_asks_even_a_transaction_again():
    """94 with 0 in the place of an answer: nothing was done but forgetting us."""

    def script(message, _):
        forgets = isinstance(message, m.Checkout) and not asked
        asked.extend([message] if isinstance(message, m.Checkout) else [])
        return SIGNED_OUT if forgets else polite(message)

    asked = []

    async def conversation(of, ils):
        assert (await of.ask(CHECKOUT)).ok
        assert (len(asked), len(ils.of(m.Login))) == (2, 2)

    run(conversation, script)


def test_an_ils_that_never_knows_us_has_done_nothing():
    def script(message, _):
        return SIGNED_OUT if isinstance(message, m.Checkout) else polite(message)

    async def conversation(of, ils):
        with pytest.raises(Unreached, match="signed us out"):
            await of.ask(CHECKOUT)

    run(conversation, script)


def test_a_session_signs_in_as_the_place_that_asks_and_serves_no_other():
    """CP belongs to the login, so that a session belongs to one place; two sessions serve three places."""

    async def conversation(of, ils):
        for place in ("QY01", "QY02", "QY01", "QY03", "QY02"):
            assert (await of.ask(ITEM, place)).item_identifier == "B1"
        await until(lambda: ils.open == 2)
        logins = [one.location_code for one in ils.of(m.Login) if one.location_code != "here"]
        assert logins == ["QY01", "QY02", "QY03", "QY02"]

    run(conversation)


@pytest.mark.parametrize("then", [[CLOSE], []])
def test_half_an_answer_and_an_end_or_nothing_is_silence(then):
    def script(message, _):
        half = [encode(polite(message), GENERIC, 1)[:20], *then] if message == CHECKOUT else None
        return half or polite(message)

    async def conversation(of, ils):
        with pytest.raises(Silent):
            await of.ask(CHECKOUT)
        assert len(ils.of(m.Checkout)) == 1
        assert (await of.ask(ITEM)).item_identifier == "B1"

    run(conversation, script)


def test_a_query_that_lost_its_line_is_asked_once_more():
    def script(message, _):
        first = len(asked) == 0 and isinstance(message, m.ItemInformation)
        if isinstance(message, m.ItemInformation):
            asked.append(message)
        return CLOSE if first else polite(message)

    asked = []

    async def conversation(of, ils):
        assert (await of.ask(ITEM)).item_identifier == "B1"
        assert len(asked) == 2

    run(conversation, script)


def test_a_transaction_is_asked_once_whatever_happens():
    def script(message, _):
        return None if isinstance(message, m.Checkout) else polite(message)

    async def conversation(of, ils):
        with pytest.raises(Silent):
            await of.ask(CHECKOUT)
        assert len(ils.of(m.Checkout)) == 1

    run(conversation, script)


def test_a_transaction_goes_out_twice_where_the_ils_knows_a_copy():
    dialect = load("shuwu")

    def script(message, _):
        return None if isinstance(message, m.Checkout) else polite(message)

    async def conversation(of, ils):
        with pytest.raises(Silent):
            await of.ask(CHECKOUT)
        assert len(ils.of(m.Checkout)) == 2

    run(conversation, script, dialect=dialect)


def test_answers_out_of_order_are_not_believed():
    stale = encode(polite(OTHER), GENERIC, 7)

    def script(message, _):
        return [stale, polite(message)] if isinstance(message, m.ItemInformation) else polite(message)

    async def conversation(of, ils):
        assert (await of.ask(ITEM)).item_identifier == "B1"

    run(conversation, script)


@pytest.mark.parametrize(
    ("named", "believed"),
    [("B1", True), ("", True), ("b1 ", True), ("LIB.B1", True), ("B2", False), ("OTHER", False)],
)
def test_what_is_said_of_another_item_is_no_answer(named, believed):
    """Though it bears our number: whoever lends B1 must not be told yes for B2."""

    def script(message, _):
        return polite(message).but(item_identifier=named) if message == CHECKOUT else polite(message)

    async def conversation(of, ils):
        if believed:
            assert (await of.ask(CHECKOUT)).ok
            return
        with pytest.raises(Silent, match="another item"):
            await of.ask(CHECKOUT)
        assert (await of.ask(ITEM)).item_identifier == "B1"

    run(conversation, script)


def test_another_charset_is_no_silence():
    gbk = merge(GENERIC, 'charset = "gbk"')

    async def conversation(of, ils):
        assert (await of.ask(ITEM)).title_identifier == "三体"

    run(conversation, dialect=gbk)

    async def mistaken():
        async with listening(dialect=gbk) as ils, pool(ils.port) as of:
            assert (await of.ask(ITEM)).item_identifier == "B1"

    asyncio.run(mistaken())


def test_an_ils_that_is_not_there_is_asked_only_by_the_watch():
    back = []

    async def scenario():
        ils = Ils()
        await ils.start()
        port = ils.port
        await ils.stop()
        async with pool(port, back=lambda: back.append(1)) as of:
            await until(lambda: not of.is_up)
            with pytest.raises(Unreached, match="a moment ago"):
                await of.ask(ITEM)
            async with listening(port=port):
                await until(lambda: of.is_up)
                assert back == [1]
                assert (await of.ask(ITEM)).item_identifier == "B1"

    asyncio.run(scenario())


def test_an_ils_that_says_it_is_off_line_is():
    def script(message, _):
        return status(online=False) if isinstance(message, m.ScStatus) else polite(message)

    async def conversation(of, ils):
        await until(lambda: not of.is_up)
        assert ils.of(m.ItemInformation) == []

    run(conversation, script)


def test_a_refused_login_opens_the_breaker_and_nothing_is_asked():
    def script(message, _):
        return m.LoginResponse(ok=False) if isinstance(message, m.Login) else polite(message)

    async def conversation(of, ils):
        with pytest.raises(Unreached):
            await of.ask(CHECKOUT)
        assert ils.of(m.Checkout) == []

    run(conversation, script)


def test_an_idle_session_is_asked_how_the_ils_is():
    async def conversation(of, ils):
        await until(lambda: of.status)
        greeted = len(ils.of(m.ScStatus))
        await until(lambda: len(ils.of(m.ScStatus)) >= greeted + 2)
        assert ils.lines == 1

    run(conversation, keepalive_s=0.05)


def test_what_the_ils_does_not_know_is_not_asked():
    """By whoever asks of their own accord: a debt is kept, a fine is not looked up, nobody comes to harm."""

    async def conversation(of, ils):
        with pytest.raises(Unreached, match="knows no 17"):
            await of.ask(ITEM)
        assert of.is_up

    run(conversation, dialect=merge(GENERIC, 'lacks = ["17"]'))


class Dead:
    """A session whose line has ended, which takes its time to close."""

    location, is_alive = "here", False

    def __init__(self, closes):
        self._closes = closes

    async def close(self):
        await self._closes.wait()


def test_the_watch_goes_on_where_a_reader_closes_the_dead_sessions_with_it():
    async def conversation(of, ils):
        await until(lambda: of.status)
        closes = asyncio.Event()
        of._idle.extend([Dead(closes), Dead(closes)])
        await until(lambda: len(of._idle) == 2)  # the watch closes one
        asked = asyncio.create_task(of.ask(ITEM))
        await until(lambda: len(of._idle) == 1)  # and a reader's question the other
        closes.set()
        await asked
        await asyncio.sleep(0)
        assert not of._watch.done()

    run(conversation)


def test_who_waits_for_a_session_in_vain_is_told_that_nothing_was_done():
    async def conversation(of, ils):
        await until(lambda: of.status)
        async with of._places:
            with pytest.raises(Unreached, match="busy"):
                await of.ask(CHECKOUT)
        assert ils.of(m.Checkout) == []

    run(conversation, sessions=1)


def test_a_line_that_ended_before_the_question_costs_a_transaction_nothing(monkeypatch):
    async def conversation(of, ils):
        await until(lambda: of.status)
        (session,) = of._idle
        with monkeypatch.context() as patch:
            patch.setattr(session, "ask", refuse)
            assert (await of.ask(CHECKOUT)).ok
        assert len(ils.of(m.Checkout)) == 1

    async def refuse(*_):
        raise Unreached("the line had ended")

    run(conversation)


def test_crowds_do_not_open_the_breaker():
    async def conversation(of, ils):
        await until(lambda: of.status)
        async with of._places:
            for _ in range(4):
                with pytest.raises(Unreached, match="busy"):
                    await of.ask(CHECKOUT)
        assert of.is_up

    run(conversation, sessions=1, timeout_s=0.1)


def test_a_silence_before_the_question_is_no_silence_after_it():
    def script(message, count):
        return None if isinstance(message, m.ScStatus) and count > 1 else polite(message)

    async def conversation(of, ils):
        await until(lambda: of.status)
        with pytest.raises(Unreached):
            await of.ask(CHECKOUT)
        assert ils.of(m.Checkout) == []

    run(conversation, script, dialect=merge(GENERIC, "status_before_each = true"))


def test_a_question_that_is_cancelled_takes_its_line_with_it():
    def script(message, _):
        late = isinstance(message, m.ItemInformation) and message.item_identifier == "B1"
        return [0.1, polite(message)] if late else polite(message)

    async def conversation(of, ils):
        task = asyncio.create_task(of.ask(ITEM))
        await until(lambda: ils.of(m.ItemInformation))
        task.cancel()
        assert (await of.ask(OTHER)).item_identifier == "B2"
        assert ils.lines == 2

    run(conversation, script, sessions=1, timeout_s=2.0)


def test_a_password_is_in_no_text():
    access = Access("127.0.0.1", 1, GENERIC, "gate", "secret", "", None)
    assert "secret" not in f"{access!r} {access}"
    assert replace(access, port=2) != access
