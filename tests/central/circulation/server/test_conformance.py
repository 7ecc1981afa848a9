"""The server against the specification: 3M SIP 2.00, document revision 2.12, and what other servers fail at.

Octets in, octets out, over a real socket. Checksums stand here as numbers, or are summed by `sealed`, which
shares nothing with our codec. Pages are those of the specification.
"""

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select, update

from central.circulation.ledger.models import Fee, Hold, Item, Loan, Payment, Reader, Title
from central.circulation.server.models import SipAccount
from central.circulation.server.passwords import hash_password
from central.db import open_sessions
from tests.central.circulation.line import (
    ACS_STATUS,
    ASK_AGAIN,
    CHECKOUT,
    LENT,
    NOW,
    dial,
    sealed,
    signing_in,
    talk,
)
from tests.central.circulation.world import DAY_MS, NOW_MS, PASSWORD_HASH, hold
from tests.wire.sip2.vectors import VECTORS

BLANK = " " * 18
STATUS = b"9900802.00AY1AZFCA0\r"
STATUS_ANSWER = sealed(ACS_STATUS.decode(), 1)
ANSWER = {"99": "98", "93": "94", "23": "24", "63": "64", "35": "36", "01": "24", "25": "26", "11": "12"} | {
    "09": "10", "29": "30", "65": "66", "17": "18", "19": "20", "15": "16", "37": "38", "81": "82", "85": "86", "91": "92",
    "21": "22", "27": "28",
}  # fmt: skip


def exchange(engine, *sent, answers=1, user=None, **more):
    """What comes back for these octets, sent one after another with a pause; signed in as `user` before."""

    async def conversation(server):
        async with dial(server) as line:
            if user:
                assert (await line.ask(signing_in(user=user))).startswith(b"941")
            for octets in sent:
                await line.send(octets)
                await asyncio.sleep(0.02)
            return [await line.hear() for _ in range(answers)]

    return talk(engine, conversation, **more)


def signed(engine, *sent, answers=None):
    """The same for requests of the county's desk, an answer each."""
    return exchange(engine, *sent, answers=len(sent) if answers is None else answers, user="xian-desk")


def account(engine, username, **more):
    with open_sessions(engine).begin() as session:
        session.add(SipAccount(username=username, password_hash=PASSWORD_HASH, branch_id="xian", **more))


# ---------------------------------------------------------------- framing
def test_r01_a_message_in_fragments(embedded):
    assert exchange(embedded, b"990080", b"2.00AY1AZFCA0\r") == [STATUS_ANSWER]


def test_r02_two_messages_in_one_segment_are_answered_in_order(embedded):
    second = b"9900402.00AY7AZFC9E\r"
    assert exchange(embedded, STATUS + second, answers=2) == [
        STATUS_ANSWER,
        sealed(ACS_STATUS.decode(), 7),
    ]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r\r\n"], ids=["CR LF", "LF", "CR CR LF"])
def test_r03_r04_other_terminators(embedded, end):
    stream = (STATUS.rstrip(b"\r") + end) * 2
    assert exchange(embedded, stream, answers=2) == [STATUS_ANSWER] * 2


@pytest.mark.parametrize(
    "junk",
    [b"\xff\xfb\x01", b"\xfb", b"\n", b"\0\0", b"   "],
    ids=["telnet", "0xFB", "LF", "NUL", "blanks"],
)
def test_what_stands_before_a_message_is_skipped(embedded, junk):
    assert exchange(embedded, junk + STATUS) == [STATUS_ANSWER]


@pytest.mark.parametrize("tail", [b"|||", b"|", b"  "])
def test_what_hangs_on_behind_a_checksum_is_skipped(embedded, tail):
    assert exchange(embedded, STATUS.rstrip(b"\r") + tail + b"\r") == [STATUS_ANSWER]


def test_cr_is_the_last_octet_and_nowhere_else_p15(embedded):
    answers = signed(embedded, sealed(CHECKOUT, 1), sealed(f"63019{NOW}{'Y' * 6}    AOxian|AAR1|", 2))
    for answer in answers:
        assert answer.count(b"\r") == 1
        assert answer.endswith(b"\r")
        assert b"\0" not in answer


# ---------------------------------------------------------------- errors on the line
def test_r05_a_wrong_checksum_is_answered_by_96_without_a_number(embedded):
    assert exchange(embedded, b"9900802.00AY1AZ0000\r") == [b"96AZFEF6\r"]


def test_r06_97_brings_the_last_answer_again_octet_for_octet(embedded):
    assert exchange(embedded, STATUS, b"97AZFEF5\r", answers=2) == [STATUS_ANSWER] * 2


def test_r06_97_brings_a_96_again_where_that_was_last_p16(embedded):
    assert exchange(embedded, b"9900802.00AY1AZ0000\r", b"97AZFEF5\r", answers=2) == [ASK_AGAIN] * 2


def test_r07_97_as_the_first_message(embedded):
    assert exchange(embedded, b"97AZFEF5\r") == [b"96AZFEF6\r"]


@pytest.mark.parametrize("octets", [b"97\r", b"97AY3AZFE19\r"], ids=["bare", "numbered"])
def test_97_in_any_dress_and_its_answer_without_a_number_of_its_own_p4(embedded, octets):
    assert exchange(embedded, octets) == [b"96AZFEF6\r"]


def test_96_from_a_terminal_asks_for_nothing(embedded):
    assert exchange(embedded, b"96AZFEF6\r" + STATUS) == [STATUS_ANSWER]


def test_r11_without_error_detection_the_answer_has_none(embedded):
    assert exchange(embedded, STATUS + b"9900802.00\r", answers=2) == [STATUS_ANSWER, ACS_STATUS + b"\r"]


def test_r09_unknown_messages_are_ignored_p14(embedded):
    stream = sealed("77whatever|", 3) + b"77\r" + b"ZZ\r" + b"hello\r" + b"64nonsense\r" + STATUS
    answers = exchange(embedded, stream, answers=2)
    assert answers == [ASK_AGAIN, STATUS_ANSWER]  # 64 is known, and cannot be read


def test_r10_unknown_fields_are_ignored_p14(embedded):
    asked = f"17{NOW}AOxian|QQodd|ABB1|ZZ|X9odder|"
    assert signed(embedded, sealed(asked, 2)) == [
        sealed(f"18030001{NOW}ABB1|AJ三体|BGxian|CK001|AQxian|APxian|CSI247.55/1|", 2)
    ]


def test_fields_stand_in_any_order_p15(embedded):
    asked = f"11NN{NOW}{BLANK}AC|ABB1|AAR1|AOxian|"
    assert signed(embedded, sealed(asked, 1)) == [sealed(LENT, 1)]


# ---------------------------------------------------------------- once
def count(engine, table, *where):
    with open_sessions(engine, readonly=True).begin() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def owe(session):
    session.add(
        Fee(reader_card="R1", kind="overdue", amount_fen=300, open_fen=300, branch_id="xian", at_ms=NOW_MS)
    )
    session.execute(update(Reader).where(Reader.card == "R1").values(fees_fen=300))


REGISTER = f"81YN{NOW}{BLANK}AOxian|AANEW1|AE新读者|XT|XK11|"
TWICE = {
    "11": (CHECKOUT, LENT, Loan, 1),
    "09": (
        f"09N{NOW}{NOW}APxian|AOxian|ABB1|AC|",
        f"101YNN{NOW}AOxian|ABB1|AQxian|AJ三体|CK001|CSI247.55/1|",
        Loan,
        0,
    ),
    "15": (
        f"15+{NOW}AOxian|AAR1|ABB3|",
        f"161Y{NOW}BR1|BSxian|AOxian|AAR1|ABB3|AJ万历十五年|",
        Hold,
        1,
    ),
    "37": (f"37{NOW}0400CNYBV1.00|AOxian|AAR1|", f"38Y{NOW}AOxian|AAR1|BK1|", Payment, 1),
    "01": (
        f"01Y{NOW}AOxian|ALleft behind|AAR1|AC|",
        f"24YYYY{' ' * 10}000{NOW}AOxian|AAR1|AE林书远|BLY|BHCNY|BV3.00|AF您的读者证目前不能使用，请联系服务台。|YF103|",
        Reader,
        8,
    ),
}


@pytest.mark.parametrize("kind", sorted(TWICE))
def test_r08_a_transaction_is_done_once_and_answered_again_on_the_next_line_p16(library, kind):
    asked, answer, table, rows = TWICE[kind]
    with open_sessions(library).begin() as session:
        owe(session)

    async def conversation(server):
        answers = []
        for _ in range(2):
            async with dial(server) as line:
                await line.sign_in()
                answers += [await line.ask(sealed(asked, 4)), await line.ask(sealed(asked, 4))]
        return answers

    assert talk(library, conversation) == [sealed(answer, 4)] * 4
    assert count(library, table) == rows


def test_r08_a_renewal_is_done_once_however_often_it_comes(library):
    with open_sessions(library).begin() as session:
        session.add(
            Loan(
                item_barcode="B1",
                reader_card="R1",
                lent_ms=NOW_MS - DAY_MS,
                due_on=date(2026, 3, 30),
                lent_account="xian-desk",
                lent_branch_id="xian",
                reader_type_id="adult",
            )
        )
    asked = f"29NN{NOW}{BLANK}AOxian|AAR1|AD|ABB1|AJ|AC|"
    answer = sealed(f"301YNN{NOW}AOxian|AAR1|ABB1|AJ三体|AH20260331    235959|CK001|CSI247.55/1|", 2)

    async def conversation(server):
        answers = []
        for _ in range(2):
            async with dial(server) as line:
                await line.sign_in()
                answers.append(await line.ask(sealed(asked, 2)))
        return answers

    assert talk(library, conversation) == [answer] * 2
    assert count(library, Loan, Loan.renewals == 1) == 1


def test_r08_a_registration_is_done_once(library):
    async def conversation(server):
        answers = []
        for _ in range(2):
            async with dial(server) as line:
                await line.sign_in()
                answers.append(await line.ask(sealed(REGISTER.replace("XT|", "XTadult|"), 2)))
        return answers

    first, again = talk(library, conversation)
    assert first == again
    assert b"|OK1|XK11|" in first
    assert count(library, Reader, Reader.card == "NEW1") == 1


def test_r08_an_answer_is_not_given_again_when_the_world_has_moved_on(library):
    """The book came back elsewhere; the same words a minute later are a new loan."""

    async def conversation(server):
        async with dial(server) as here, dial(server) as there:
            await here.sign_in()
            assert (await there.ask(signing_in(user="cun-room"))).startswith(b"941")
            lent = await here.ask(sealed(CHECKOUT, 4))
            await there.ask(sealed(f"09N{NOW}{NOW}AP|AO|ABB1|AC|", 4))
        async with dial(server) as line:
            await line.sign_in()
            return lent, await line.ask(sealed(CHECKOUT, 4))

    lent, again = talk(library, conversation)
    assert lent == again
    assert count(library, Loan) == 2


def test_r08_queries_are_always_run(library):
    asked = sealed(f"17{NOW}AOxian|ABB1|", 4)

    async def conversation(server):
        async with dial(server) as line, dial(server) as other:
            await line.sign_in()
            await other.sign_in()
            before = await line.ask(asked)
            await other.ask(sealed(CHECKOUT, 1))
            return before, await line.ask(asked)

    before, after = talk(library, conversation)
    assert (before[:4], after[:4]) == (b"1803", b"1804")


# ---------------------------------------------------------------- values
@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("三\r体", "三 体"),
        ("三\n体", "三 体"),
        ("三|体", "三 体"),
        ("三体\r\n", "三体"),
        ("|", " "),
        ("三\x1b体\x07", "三 体 "),
    ],
)
def test_r12_what_would_break_a_frame_is_taken_out_of_a_value(embedded, stored, told):
    with open_sessions(embedded).begin() as session:
        session.execute(update(Title).where(Title.id == 1).values(title=stored))
        session.execute(update(Reader).where(Reader.card == "R1").values(name=stored))

    item, reader = signed(
        embedded, sealed(f"17{NOW}AOxian|ABB1|", 1), sealed(f"63019{NOW}{' ' * 10}AOxian|AAR1|", 2)
    )
    assert f"|AJ{told}|BGxian|".encode() in item
    assert f"|AE{told}|BZ".encode() in reader


def test_r12_nul_in_a_request_is_taken_out(embedded):
    assert signed(embedded, sealed(f"17{NOW}AO\0xian|ABB\0001|", 1))[0].startswith(b"1803")


def test_r13_a_value_longer_than_255_characters_is_cut_and_a_longer_one_is_read(embedded):
    with open_sessions(embedded).begin() as session:
        session.execute(update(Title).where(Title.id == 1).values(title="书" * 300))

    long = "9" * 10_000
    cut, tolerated = signed(
        embedded, sealed(f"17{NOW}AOxian|ABB1|", 1), sealed(f"17{NOW}AO{long}|AB{long}|", 2)
    )
    assert f"|AJ{'书' * 255}|BG".encode() in cut
    assert tolerated.startswith(f"18010001{NOW}AB{'9' * 255}|".encode())


def test_r14_summary_flags_without_a_meaning(embedded):
    (answer,) = signed(embedded, sealed(f"63019{NOW}{' ' * 6}YYYYAOxian|AAR1|AC|AD|", 1))
    assert answer.startswith(f"64{' ' * 14}019{NOW}{'0000' * 6}AOxian|AAR1|".encode())


def test_r15_gbk_before_93_does_no_harm(embedded):
    gbk = b"2300020260301    100000AO|AA" + "张三".encode("gbk") + b"|AC|AD|"
    answer, status = exchange(embedded, gbk + b"\r" + STATUS, answers=2)
    assert answer.startswith(b"24YYYY")
    assert status == STATUS_ANSWER


def test_r15_an_account_of_gbk_reads_and_writes_gbk(embedded):
    account(embedded, "gbk-desk", dialect="shuwu", overrides='charset = "gbk"')
    asked = f"17{NOW}AOxian|ABB1|".encode()
    answer = f"18030001{NOW}ABB1|AJ三体|BGxian|CK001|AQxian|APxian|CSI247.55/1|\r".encode("gbk")
    assert exchange(embedded, asked + b"\r", user="gbk-desk") == [answer]


@pytest.mark.parametrize(
    "stamp", ["20260301    100000", "20260301   100000", "202603010000100000", "20260301   Z020000"]
)
def test_dates_as_machines_write_them(embedded, stamp):
    assert signed(embedded, sealed(f"17{stamp}AOxian|ABB1|", 1))[0].startswith(b"1803")


def test_optional_fields_without_a_value_are_left_out_and_required_ones_stand_empty_p15(embedded):
    assert signed(embedded, sealed(f"17{NOW}AO|ABNONE|", 1)) == [
        sealed(f"18010001{NOW}ABNONE|AJ|AF系统里还没有这本书，请交给工作人员。|", 1)
    ]


# ---------------------------------------------------------------- no block, cancel
@pytest.mark.parametrize(("card", "barcode", "fault"), [("BLOCKED", "B4", 103), ("R1", "B3", 202)])
def test_r16_no_block_is_executed_and_marked_as_an_exception(library, card, barcode, fault):
    with open_sessions(library).begin() as session:
        hold(session, "R2", 2)
    asked = f"11NY{NOW}{BLANK}AOxian|AA{card}|AB{barcode}|AC|"

    assert signed(library, sealed(asked, 1))[0].startswith(b"121NNY")
    assert count(library, Loan, Loan.overridden == fault) == 1


def test_r16_an_account_that_may_not_force_is_asked_by_the_rules(embedded):
    account(embedded, "asks-always", dialect="shuwu", no_block=False)
    asked = f"11NY{NOW}{BLANK}AOxian|AABLOCKED|ABB4|AC|"

    refused, status = exchange(embedded, sealed(asked, 1) + STATUS, answers=2, user="asks-always")
    assert refused.startswith(b"120NNN")
    assert status[:8] == b"98YYYYYN"


def test_r17_a_blank_date_is_no_date(embedded):
    assert signed(embedded, sealed(f"11NY{BLANK}{BLANK}AOxian|AAR1|ABB1|AC|", 1)) == [sealed(LENT, 1)]


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ("20260330   Z160000", "20260331    235959"),  # midnight in Shanghai
        ("20260330   Z155959", "20260330    235959"),
        ("20260330    000000", "20260330    235959"),
        ("20260330          ", "20260330    235959"),
        ("99991231   Z235959", "20260331    235959"),  # no date that a reader can have been told: by the rule
    ],
)
def test_r16_the_day_that_the_reader_was_told_is_a_day_of_the_branch(embedded, told, due):
    (lent,) = signed(embedded, sealed(f"11NY{NOW}{told}AOxian|AAR1|ABB1|AC|", 1))

    assert f"|AH{due}|".encode() in lent


@pytest.mark.parametrize("zone", ["    ", "   Z"])
@pytest.mark.parametrize("year", ["0001", "9999"])
@pytest.mark.parametrize("flag", ["N", "Y"])
def test_r16_a_clock_beyond_the_calendar_costs_no_line(embedded, flag, year, zone):
    when = f"{year}1231{zone}235959".replace("00011231", "00010101")
    lent, back = signed(
        embedded,
        sealed(f"11N{flag}{when}{when}AOxian|AAR1|ABB1|AC|", 1),
        sealed(f"09{flag}{when}{when}APxian|AOxian|ABB1|AC|", 2),
    )

    assert (lent[:3], back[:3]) == (b"121", b"101")


@pytest.mark.parametrize(
    ("told", "until"),
    [
        ("BW20200101    235959|", ""),
        ("BW20260228   Z155959|", ""),
        ("BW20260228   Z160000|", "BW20260301    235959|"),
        ("BW20260301    000000|", "BW20260301    235959|"),
        ("", ""),
    ],
)
def test_a_hold_until_a_day_that_is_over_is_a_hold_without_one(embedded, told, until):
    (held,) = signed(embedded, sealed(f"15+{NOW}{told}BY2|AOxian|AAR1|ABB1|", 1))

    assert held.startswith(f"161Y{NOW}{until}BR1|".encode())


def test_bi_undoes_the_loan_that_the_machine_could_not_finish(library):
    lent, undone, lent_again = signed(
        library,
        sealed(CHECKOUT, 1),
        sealed(f"09N{NOW}{NOW}APxian|AOxian|ABB1|AC|BIY|", 2),
        sealed(CHECKOUT, 3),
    )
    assert (lent[:3], undone[:3], lent_again[:3]) == (b"121", b"101", b"121")
    assert count(library, Loan) == 1


def test_bi_undoes_the_return_that_the_machine_could_not_finish(library):
    _, back, undone = signed(
        library,
        sealed(CHECKOUT, 1),
        sealed(f"09N{NOW}{NOW}APxian|AOxian|ABB1|AC|", 2),
        sealed(CHECKOUT + "BIY|", 3),
    )
    assert (back[:3], undone[:3]) == (b"101", b"121")
    assert count(library, Loan, Loan.returned_ms.is_(None)) == 1


# ---------------------------------------------------------------- the session
def test_r18_99_before_93(embedded):
    assert exchange(embedded, STATUS) == [STATUS_ANSWER]


def test_r19_blank_algorithms_are_none(embedded):
    assert exchange(embedded, b"93  CNxian-desk|COterminal secret|\r") == [b"941\r"]


def test_93_comes_back_as_no_for_any_wrong_word(embedded):
    assert exchange(embedded, b"9300CNxian-desk|CO|CP|\r" + b"9300CN|CO|\r", answers=2) == [b"940\r"] * 2


@pytest.mark.parametrize(
    ("prepare", "barcode", "answer"),
    [
        (lambda s: hold(s, "R2", 2), "B3", "CV01|CTxian|"),
        (lambda s: hold(s, "R2", 2, pickup="cun"), "B3", "CV02|CTcun|"),
        (lambda s: None, "B2", "CV04|CTcun|"),
        (lambda s: None, "LOST", "CV99|"),
        (lambda s: None, "NOWHERE", "CV99|"),
        (lambda s: s.execute(update(Item).where(Item.barcode == "B4").values(lender="市图")), "B4", "CV03|"),
    ],
    ids=["hold here", "hold elsewhere", "transit", "lost", "unknown", "lent to us"],
)
def test_r20_a_return_for_staff_has_its_alert_and_reason(embedded, prepare, barcode, answer):
    with open_sessions(embedded).begin() as session:
        prepare(session)

    (told,) = signed(embedded, sealed(f"09N{NOW}{NOW}APxian|AOxian|AB{barcode}|AC|", 1))
    assert told[5:6] == b"Y"
    assert f"|{answer}".encode() in told


# ---------------------------------------------------------------- other makers' machines
def test_flags_in_small_letters(embedded):
    """A y that undoes undoes, and lends nothing; one that asks for a list gets it."""
    lent, listed, undone = signed(
        embedded,
        sealed(CHECKOUT.replace("11NN", "11nn"), 1),
        sealed(f"63001{NOW}  y       AOxian|AAR1|AC|", 2),
        sealed(f"09n{NOW}{NOW}APxian|AOxian|ABB1|AC|BIy|", 3),
    )
    assert lent == sealed(LENT, 1)
    assert b"|AUB1|" in listed
    assert undone[:3] == b"101"
    assert count(embedded, Loan) == 0, "a return would leave the loan that it ends"


def test_blanks_fill_up_a_login(embedded):
    padded = sealed("9300CNxian-desk   |COterminal secret  |CP   |", 0)

    assert exchange(embedded, padded) == [b"941AY0AZFDFD\r"]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (" of old ", b"941AY0AZFDFD\r"),
        ("of old", b"940AY0AZFDFE\r"),
        (" of old", b"940AY0AZFDFE\r"),
        ("terminal secret", b"940AY0AZFDFE\r"),
    ],
)
def test_a_password_may_have_blanks_at_its_ends(embedded, sent, answer):
    """As it could be set before blanks were stripped from one that is set."""
    with open_sessions(embedded).begin() as session:
        session.execute(
            update(SipAccount)
            .where(SipAccount.username == "xian-desk")
            .values(password_hash=hash_password(" of old "))
        )

    assert exchange(embedded, sealed(f"9300CNxian-desk|CO{sent}|CP|", 0)) == [answer]


def test_two_spellings_of_a_password_are_one_guess(embedded):
    """Five wrong ones are free."""

    async def conversation(server):
        said = []
        for password in [f" wrong {number} " for number in range(5)] + ["terminal secret"]:
            async with dial(server) as line:
                said.append((await line.ask(signing_in(password=password)))[:3])
        return said

    assert talk(embedded, conversation) == [b"940"] * 5 + [b"941"]


@pytest.mark.parametrize(
    ("told", "quality"),
    [("", ""), ("    ", ""), ("135790  ", "CQY|"), (" 135790", "CQY|"), ("135799", "CQN|")],
)
def test_blanks_fill_up_a_pin(embedded, told, quality):
    (answer,) = signed(embedded, sealed(f"23019{NOW}AOxian|AAR1|AC|AD{told}|", 1))

    assert f"|BLY|{quality}A".encode() in answer


def test_a_machine_of_interlib_with_constant_checksums_and_its_own_account_in_cn(embedded):
    account(embedded, "machine", dialect="interlib", kind="machine")
    asked = "11YN20260301   10000020260301   100000AO|AAR1|ABB1|CNmachine|AC|AY3AZEDB7|"
    renewed = "29AO|AAR1|AD|ABB1|AC|CNmachine|AY3AZEDB7|"

    lent, again = exchange(
        embedded, asked.encode() + b"\r", renewed.encode() + b"\r", answers=2, user="machine"
    )
    assert lent.startswith(b"121NNY")
    assert "|AJ三体|".encode("gbk") in lent
    assert "|AF成功|".encode("gbk") in lent, "by which its terminals judge"
    assert again.startswith(b"30")


@pytest.mark.parametrize(
    ("dialect", "told"), [("interlib", b"|BZ0002|"), ("dp2", b"|BZ0002|"), ("koha", b"|BZ0005|")]
)
def test_bz_is_how_many_more_may_be_lent_where_machines_read_it_so(embedded, dialect, told):
    account(embedded, "machine", dialect=dialect, kind="machine")
    asked = f"63000{NOW}          AO|AAR1|AC|AD|\r".encode()
    _, answer = exchange(embedded, CHECKOUT.encode() + b"\r", asked, answers=2, user="machine")

    assert told in answer
    assert answer.count(b"|BZ") == 1


@pytest.mark.parametrize(
    "name", [name for name, vector in VECTORS.items() if vector.octets[:2].decode() in ANSWER]
)
def test_every_message_that_was_seen_in_the_wild_is_answered(embedded, name):
    """By the message that belongs to it, or by 96 where its checksum is wrong; the line stays."""
    octets = VECTORS[name].octets.rstrip(b"\r\n") + b"\r"
    answer, status = exchange(embedded, octets + STATUS, answers=2, user="xian-desk")
    assert answer[:2].decode() in {ANSWER[octets[:2].decode()], "96"}
    assert status.startswith(b"98Y")
