"""One terminal on one connection: before 93, frames of every kind, secrets and failures."""

import asyncio

import pytest
from sqlalchemy import text, update
from structlog.testing import capture_logs

from central.circulation.server import connection
from central.circulation.server.connection import Connection
from central.circulation.server.models import SipAccount
from central.circulation.server.terminals import Origin
from central.db import open_sessions
from tests.central.circulation.line import (
    ACS_STATUS,
    ASK_AGAIN,
    CHECKOUT,
    NOW,
    STATUS,
    dial,
    open_loans,
    sealed,
    signing_in,
    talk,
)
from tests.central.circulation.world import PASSWORD_HASH


# ---------------------------------------------------------------- before 93
def test_99_is_answered_before_93(embedded):
    async def conversation(server):
        async with dial(server) as line:
            return await line.ask(STATUS + b"\r")

    assert talk(embedded, conversation) == ACS_STATUS + b"\r"


def test_gbk_before_93_is_no_reason_to_hang_up(embedded):
    gbk = f"63019{NOW}{' ' * 10}AOxian|AA".encode() + "读者".encode("gbk") + b"|"
    marked = gbk + b"AY1AZ"

    async def conversation(server):
        async with dial(server) as line:
            answer = await line.ask(marked + b"%04X\r" % (-sum(marked) & 0xFFFF))
            await line.sign_in()
            return answer

    assert talk(embedded, conversation).startswith(b"64YYYY")


def test_a_machine_that_sums_wrongly_signs_in_where_its_account_says_so(embedded):
    """Some send the same checksum with whatever they say. Of all others a 93 with a wrong one is asked for again."""
    constant = signing_in()[:-5] + b"EDB7\r"

    async def conversation(server):
        async with dial(server) as line:
            strict = await line.ask(constant), await line.ask(b"97AZFEF5\r")
        with open_sessions(embedded).begin() as session:
            session.execute(update(SipAccount).values(dialect="interlib"))
        async with dial(server) as line:
            wrong = await line.ask(constant.replace(b"secret", b"guess!"))
            return (
                strict,
                wrong,
                (await line.ask(constant))[:3],
                (await line.ask(b"9900802.00AY3AZEDB7\r"))[:3],
            )

    assert talk(embedded, conversation) == ((ASK_AGAIN, ASK_AGAIN), ASK_AGAIN, b"941", b"98Y")


def test_a_blank_algorithm_is_none(embedded):
    async def conversation(server):
        async with dial(server) as line:
            return await line.ask(b"93  CNxian-desk|COterminal secret|\r")

    assert talk(embedded, conversation) == b"941\r"


@pytest.mark.parametrize(
    "frame",
    [
        signing_in(password="wrong"),
        signing_in(user="nobody"),
        signing_in(user="closed"),
        signing_in(user=""),
    ],
)
def test_three_wrong_passwords_end_the_line(embedded, frame):
    async def conversation(server):
        async with dial(server) as line:
            return [await line.ask(frame) for _ in range(4)]

    assert talk(embedded, conversation) == [sealed("940", 0)] * 3 + [b""]


def test_without_93_nothing_is_lent_and_the_line_ends(embedded):
    refused = f"120NUN{NOW}AO|AAR1|ABB1|AJ|AH|AF终端未登录|\r".encode()

    async def conversation(server):
        async with dial(server) as line:
            return [await line.ask(CHECKOUT.encode() + b"\r") for _ in range(4)]

    assert talk(embedded, conversation) == [refused] * 3 + [b""]
    assert open_loans(embedded) == 0


def test_a_failed_second_93_signs_out(embedded):
    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            await line.ask(signing_in(1, password="wrong"))
            return await line.ask(CHECKOUT.encode() + b"\r")

    assert talk(embedded, conversation).startswith(b"120NUN")


# ---------------------------------------------------------------- frames
def test_octets_one_by_one(embedded):
    async def conversation(server):
        async with dial(server) as line:
            for octet in STATUS + b"AY1AZFCA0\r":
                await line.send(bytes([octet]))
                await asyncio.sleep(0)
            return await line.hear()

    assert talk(embedded, conversation) == sealed(ACS_STATUS.decode(), 1)


def test_several_in_one_segment_are_answered_in_their_order(embedded):
    books = ("B1", "B3", "B4")

    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            asked = [sealed(f"17{NOW}AOxian|AB{barcode}|", n) for n, barcode in enumerate(books, 1)]
            await line.send(b"".join(asked))
            return [await line.hear() for _ in books]

    answers = talk(embedded, conversation)
    assert [answer[26:30].decode() for answer in answers] == ["ABB1", "ABB3", "ABB4"]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r"])
def test_other_ends_of_a_message(embedded, end):
    async def conversation(server):
        async with dial(server) as line:
            await line.send(STATUS + end + b"9900402.00AY7AZFC9E" + end)
            return [await line.hear(), await line.hear()]

    first, second = talk(embedded, conversation)
    assert first == ACS_STATUS + b"\r"
    assert second == sealed(ACS_STATUS.decode(), 7)


def test_a_bad_checksum_is_asked_for_again(embedded):
    async def conversation(server):
        async with dial(server) as line:
            return await line.ask(STATUS + b"AY1AZ0000\r")

    assert talk(embedded, conversation) == ASK_AGAIN


def test_97_repeats_the_last_answer_and_96_where_there_is_none(embedded):
    async def conversation(server):
        async with dial(server) as line:
            nothing = await line.ask(b"97AZFEF5\r")
            answer = await line.ask(STATUS + b"AY1AZFCA0\r")
            return nothing, answer, await line.ask(b"97AZFEF5\r")

    nothing, answer, again = talk(embedded, conversation)
    assert nothing == ASK_AGAIN
    assert answer == again == sealed(ACS_STATUS.decode(), 1)


def test_an_unknown_message_is_ignored(embedded):
    async def conversation(server):
        async with dial(server) as line:
            await line.send(b"77AAR1|\r")
            return await line.ask(STATUS + b"\r")

    assert talk(embedded, conversation) == ACS_STATUS + b"\r"


def test_an_endless_message_ends_the_line(embedded):
    async def conversation(server):
        async with dial(server) as line:
            await line.send(b"11" * 40_000)
            return await line.hear()

    assert talk(embedded, conversation) == b""


def test_an_account_speaks_its_own_dialect_from_its_answer_on(embedded):
    with open_sessions(embedded).begin() as session:
        session.add(
            SipAccount(username="gbk", password_hash=PASSWORD_HASH, branch_id="xian", dialect="interlib")
        )

    async def conversation(server):
        async with dial(server) as line:
            assert await line.ask(b"9300CNgbk|COterminal secret|\r") == b"941\r"
            return await line.ask(f"17{NOW}AOxian|ABB1|\r".encode())

    assert "AJ三体|".encode("gbk") in talk(embedded, conversation)


# ---------------------------------------------------------------- secrets and failures
def test_a_pin_is_checked_and_never_logged(embedded):
    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            right = await line.ask(sealed(f"23019{NOW}AOxian|AAR1|AC|AD135790|", 1))
            wrong = await line.ask(sealed(f"23019{NOW}AOxian|AAR1|AC|AD135791|", 2))
            none_set = await line.ask(sealed(f"23019{NOW}AOxian|AAR2|AC|AD135790|", 3))
            unknown = await line.ask(sealed(f"23019{NOW}AOxian|AANOBODY|AC|AD135790|", 4))
            await line.send(b"11garbage|AD135790|\r")
            return right, wrong, none_set, unknown

    with capture_logs() as logs:
        right, wrong, none_set, unknown = talk(embedded, conversation)

    assert b"|CQY|" in right
    assert b"|CQN|" in wrong
    assert b"|CQN|" in none_set
    assert b"|BLN|CQN|" in unknown
    told = str(logs)
    assert "sip2.closed" in told
    assert not [secret for secret in ("135790", "135791", "terminal secret", "R1|", "AAR1") if secret in told]


def test_who_guesses_passwords_is_not_heard_for_a_while(embedded):
    """Three a line, six in all; then the right one is no better than a wrong one, there."""

    async def conversation(server):
        for _ in range(2):
            async with dial(server) as line:
                for number in range(3):
                    assert (await line.ask(signing_in(number, password=f"wrong {number}"))).startswith(b"940")
        async with dial(server) as line:
            right = await line.ask(signing_in())
            other = await line.ask(signing_in(user="cun-room"))
        return right, other

    with capture_logs() as logs:
        right, other = talk(embedded, conversation)
    assert (right[:3], other[:3]) == (b"940", b"941")
    (warning,) = [entry for entry in logs if entry["event"] == "sip2.guesses"]
    assert (warning["place"], warning["wait_s"]) == ("network 127.0.0.1", 1.0)


@pytest.mark.parametrize("bounds", [{"addresses": "192.0.2.0/24"}, {"certificate": "cun-room"}])
def test_who_may_not_sign_in_here_keeps_nobody_out(embedded, monkeypatch, bounds):
    """Strangers guess from many places; the terminal comes for the first time since the server began."""
    with open_sessions(embedded).begin() as session:
        session.execute(update(SipAccount).where(SipAccount.username == "cun-room").values(**bounds))
    at = [Origin(f"203.0.113.{number}") for number in range(30)]
    at += [Origin("192.0.2.7", "cun-room"), Origin("203.0.113.99")]
    monkeypatch.setattr(connection, "_origin", lambda _: at.pop(0))

    async def conversation(server):
        said = []
        for number in range(32):
            password = "terminal secret" if number > 29 else f"wrong {number}"
            async with dial(server) as line:
                said.append((await line.ask(signing_in(user="cun-room", password=password)))[:3])
        return said

    assert talk(embedded, conversation) == [b"940"] * 30 + [b"941", b"940"]


def test_who_guesses_a_pin_is_not_heard_for_a_while(embedded):
    def asking(number, pin, card="R1"):
        return sealed(f"23019{NOW}AOxian|AA{card}|AC|AD{pin}|", number % 10)

    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            for number in range(6):
                assert b"|CQN|" in await line.ask(asking(number, f"00000{number}"))
            right = await line.ask(asking(7, "135790"))
            without = await line.ask(sealed(f"23019{NOW}AOxian|AAR1|AC|", 8))
            return right, without

    with capture_logs() as logs:
        right, without = talk(embedded, conversation)
    assert b"|CQN|" in right
    assert "|AE林书远|".encode() in without
    assert "R1" not in str([entry for entry in logs if entry["event"] == "sip2.guesses"])


def test_no_answer_where_the_ledger_fails(embedded):
    with embedded.begin() as connection:
        connection.execute(text("DROP TABLE hold"))

    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            silence = await line.ask(sealed(CHECKOUT, 1))
        async with dial(server) as line:
            return silence, await line.ask(STATUS + b"\r")

    with capture_logs() as logs:
        silence, status = talk(embedded, conversation)
    assert silence == b""
    assert status == ACS_STATUS + b"\r"
    (failure,) = [entry for entry in logs if entry["event"] == "sip2.failed"]
    assert failure["cause"] == "OperationalError"
    assert "R1" not in str(failure)
    assert open_loans(embedded) == 0


# ---------------------------------------------------------------- flow
class Stuffed(asyncio.Transport):
    """The way to a peer that takes nothing."""

    def __init__(self):
        super().__init__()
        self.reads, self.written = True, []

    def pause_reading(self):
        self.reads = False

    def resume_reading(self):
        self.reads = True

    def write(self, data):
        self.written.append(data)


def test_who_takes_no_answer_is_not_read_further(embedded):
    """Else what it sends meanwhile would fill the memory."""

    async def conversation(server):
        line, transport = Connection(server), Stuffed()
        line.connection_made(transport)
        line.pause_writing()
        octets = (STATUS + b"\r") * 40
        server.buffer[: len(octets)] = octets
        line.buffer_updated(len(octets))
        stuffed = transport.reads, len(transport.written)
        line.resume_writing()
        for _ in range(5):  # turns of the loop, TURN answers each
            await asyncio.sleep(0)
        line.connection_lost(None)
        return stuffed, (transport.reads, len(transport.written))

    assert talk(embedded, conversation) == ((False, 0), (True, 40))
