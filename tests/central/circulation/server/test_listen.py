"""The server over real TCP: a whole visit, doubled requests, broken lines, limits, and the end."""

import asyncio

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from central.circulation.server.connection import Limits
from tests.central.circulation.line import (
    CHECKOUT,
    LENT,
    NOW,
    STATUS,
    dial,
    open_loans,
    sealed,
    signing_in,
    talk,
)


def test_one_visit(embedded):
    visit = [
        ("9900802.00", f"98YYYYYY030003{NOW}2.00AOxian|AM清源县图书馆|BXYYYYYYYYYYYYYYYY|AN清源县图书馆|"),
        (f"23019{NOW}AOxian|AAR1|AC|AD135790|", f"24{' ' * 14}019{NOW}AOxian|AAR1|AE林书远|BLY|CQY|"),
        (
            f"17{NOW}AOxian|ABB1|",
            f"18030001{NOW}ABB1|AJ三体|BGxian|CK001|AQxian|APxian|CSI247.55/1|",
        ),
        (CHECKOUT, LENT),
        (
            f"63019{NOW}  Y       AOxian|AAR1|",
            f"64{' ' * 14}019{NOW}000000000001{'0000' * 3}AOxian|AAR1|AE林书远|BZ0005|CB0003|BLY|AUB1|XTadult|XD20301231|YR0002|",
        ),
        (
            f"09N{NOW}{NOW}APxian|AOxian|ABB1|AC|",
            f"101YNN{NOW}AOxian|ABB1|AQxian|AJ三体|CK001|CSI247.55/1|",
        ),
        (f"35{NOW}AOxian|AAR1|", f"36Y{NOW}AOxian|AAR1|"),
    ]

    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            return [await line.ask(sealed(asked, number)) for number, (asked, _) in enumerate(visit, 1)]

    assert talk(embedded, conversation) == [sealed(answer, n) for n, (_, answer) in enumerate(visit, 1)]


# ---------------------------------------------------------------- once
@pytest.mark.parametrize(
    "change", [f"21{NOW}AOxian|AAR1|AD135790|AN246813|", f"81NN{NOW}{NOW}AOxian|AAR1|AD135790|KD246813|XK14|"]
)
def test_a_changed_pin_is_told_again_on_the_next_line(embedded, change):
    """Though the old one does not fit any more; with another new one it is no copy."""

    async def conversation(server):
        told = []
        for octets in [sealed(change, 1), sealed(change, 1), sealed(change.replace("246813", "975313"), 1)]:
            async with dial(server) as line:
                await line.sign_in()
                told.append(await line.ask(octets))
        return told

    first, again, other = talk(embedded, conversation)
    assert first == again != other


def test_a_doubled_transaction_is_done_once_and_answered_twice(embedded):
    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            return [await line.ask(sealed(CHECKOUT, 1)) for _ in range(2)]

    assert talk(embedded, conversation) == [sealed(LENT, 1)] * 2
    assert open_loans(embedded) == 1


def test_a_transaction_is_done_once_across_a_reconnect(library):
    async def conversation(server):
        answers = []
        for _ in range(2):
            async with dial(server) as line:
                await line.sign_in()
                answers.append(await line.ask(sealed(CHECKOUT, 1)))
        return answers

    assert talk(library, conversation) == [sealed(LENT, 1)] * 2
    assert open_loans(library) == 1


def test_a_line_cut_before_the_answer(library):
    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            await line.send(sealed(CHECKOUT, 1))
            line.cut()
        async with dial(server) as line:
            await line.sign_in()
            return await line.ask(sealed(CHECKOUT, 1))

    assert talk(library, conversation) == sealed(LENT, 1)
    assert open_loans(library) == 1


def test_copies_that_run_at_once_have_one_answer(library):
    """A terminal that dials again while its first request is still under way."""

    async def copy(server):
        async with dial(server) as line:
            await line.sign_in()
            return await line.ask(sealed(CHECKOUT, 1))

    async def conversation(server):
        return await asyncio.gather(*[copy(server) for _ in range(6)])

    assert talk(library, conversation) == [sealed(LENT, 1)] * 6
    assert open_loans(library) == 1


def test_the_answer_outlives_the_server(embedded):
    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            return await line.ask(sealed(CHECKOUT, 1))

    assert talk(embedded, conversation) == talk(embedded, conversation) == sealed(LENT, 1)
    assert open_loans(embedded) == 1


def test_two_kiosks_race_for_every_book(library):
    """A reader each, four books: whoever comes second for a book is refused, and limits hold."""

    async def kiosk(server, user, card):
        async with dial(server) as line:
            assert (await line.ask(signing_in(user=user))).startswith(b"941")
            asked = [f"11NN{NOW}{' ' * 18}AO|AA{card}|AB{book}|AC|" for book in ("B1", "B3", "B4", "B5")]
            return [await line.ask(sealed(one, n)) for n, one in enumerate(asked, 1)]

    async def conversation(server):
        return await asyncio.gather(kiosk(server, "xian-desk", "R1"), kiosk(server, "cun-room", "R2"))

    one, other = talk(library, conversation)
    for mine, theirs in zip(one, other, strict=True):
        assert (mine[:3], theirs[:3]).count(b"121") <= 1
    assert [answer[:3] for answer in one + other].count(b"121") == open_loans(library) == 4


# ---------------------------------------------------------------- limits and the end
@pytest.mark.parametrize("signed", [False, True])
def test_a_silent_line_is_closed(embedded, signed):
    short = {"idle_s": 0.05} if signed else {"unsigned_s": 0.05}

    async def conversation(server):
        async with dial(server) as line:
            if signed:
                await line.sign_in()
            return await line.hear()

    with capture_logs() as logs:
        assert talk(embedded, conversation, limits=Limits(**short)) == b""
    assert [entry["why"] for entry in logs if entry["event"] == "sip2.closed"] == ["idle"]


def test_who_trickles_octets_does_not_stay(embedded):
    """A line that says a little now and then, and never who it is."""

    async def conversation(server):
        async with dial(server) as line:
            for _ in range(1000):
                await line.send(b"9")
                await asyncio.sleep(0.01)
                if line.ended:
                    return True
        return False

    assert talk(embedded, conversation, limits=Limits(unsigned_s=0.2))


def test_a_full_house_of_terminals_turns_others_away(embedded):
    async def conversation(server):
        async with dial(server) as first:
            await first.sign_in()
            async with dial(server) as second:
                refused = await second.hear()
            return refused, await first.ask(STATUS + b"\r")

    refused, answer = talk(embedded, conversation, limits=Limits(connections=1))
    assert refused == b""
    assert answer.startswith(b"98Y")


def test_who_has_not_signed_in_gives_way_the_oldest_first(embedded):
    async def conversation(server):
        async with dial(server) as terminal, dial(server) as oldest, dial(server) as younger:
            await terminal.sign_in()
            for line in (oldest, younger):
                await line.ask(STATUS + b"\r")
            async with dial(server) as newcomer:
                await newcomer.sign_in()
                return await oldest.hear(), [
                    await line.ask(STATUS + b"\r") for line in (terminal, younger, newcomer)
                ]

    gone, answers = talk(embedded, conversation, limits=Limits(connections=3))
    assert gone == b""
    assert [answer[:3] for answer in answers] == [b"98Y"] * 3


def test_a_stop_answers_what_was_read(embedded):
    """The ledger is held up by another writer while the server is told to stop."""
    query, transaction = f"17{NOW}AOxian|ABB3|", CHECKOUT

    async def conversation(server):
        with embedded.connect() as other:
            other.execute(text("SELECT 1"))
            async with dial(server) as line:
                await line.sign_in()
                await line.send(sealed(query, 1) + sealed(transaction, 2))
                await line.hear()
                stopping = asyncio.create_task(server.stop())
                await asyncio.sleep(0)
                other.rollback()
                answers = [await line.hear(), await line.hear()]
                await stopping
                return answers

    with capture_logs() as logs:
        assert talk(embedded, conversation) == [sealed(LENT, 2), b""]
    assert open_loans(embedded) == 1
    assert [entry["why"] for entry in logs if entry["event"] == "sip2.closed"] == ["ended"]
