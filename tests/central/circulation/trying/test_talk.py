"""Unknown systems are talked to over real TCP, and their dialect is found."""

from __future__ import annotations

import re

import pytest

from central.circulation.trying.deduce_fields import FIELD_RULES
from central.circulation.trying.deduce_line import LINE_RULES
from central.circulation.trying.findings import Evidence, Finding, deduce
from central.circulation.trying.line import Target
from central.circulation.trying.propose import propose
from central.circulation.trying.talk import Exchange, Talk, Talker, Visitor
from tests.central.circulation.trying.kinds import ITEM, KINDS, READER
from tests.central.circulation.trying.systems import System, running
from wire.sip2.codec import decode
from wire.sip2.dialect import Dialect, load, merge
from wire.sip2.messages import PatronInformationResponse

VISITOR = Visitor("kiosk", "secret", card="R1", items=("B1",))
CHANGES_NOTHING = {"93", "99", "63", "23", "17", "97"}


def talk_to(system: System, visitor: Visitor = VISITOR, timeout_s: float = 10.0) -> Talk:
    """A long time: who does not answer hangs up."""
    with running(system) as port:
        return Talker(Target("127.0.0.1", port, timeout_s), visitor, lambda _exchange: None).run()


def found(talk: Talk) -> list[Finding]:
    return deduce(Evidence(talk), (*LINE_RULES, *FIELD_RULES))


def assert_reads(dialect: Dialect, talk: Talk) -> None:
    """With the proposed dialect everything that was heard can be believed, and the loans are found."""
    for exchange in talk.of("reader", "item", "login"):
        frame = decode(exchange.got, dialect)
        assert dialect.checksum.verify != "strict" or frame.checksum != "bad"
        assert not dialect.echoes_sequence or frame.sequence in {exchange.sequence, None}
    (loans,) = talk.of("loans")
    reader = decode(loans.got, dialect).message
    assert isinstance(reader, PatronInformationResponse)
    assert (len(reader.charged_items), reader.charged_items_count) == (2, 2)
    assert not dialect.bars(reader.patron_status)


@pytest.mark.parametrize("name", KINDS)
def test_the_dialect_is_found(name: str):
    system, dialect, overrides = KINDS[name]
    visitor = VISITOR if system.logs_in else Visitor(card="R1", items=("B1",))

    talk = talk_to(system, visitor, 10.0 if system.hangs_up else 1.0)
    findings = found(talk)
    proposal = propose(findings)

    assert (proposal.dialect, proposal.overrides) == (dialect, overrides)
    assert {exchange.sent[:2].decode() for exchange in talk.exchanges} <= CHANGES_NOTHING
    merge(load(proposal.dialect), proposal.overrides)
    assert [
        finding for finding in findings if not finding.zh or re.search("[\u4e00-\u9fff]", finding.en)
    ] == []


def test_a_refused_login_is_not_tried_again():
    talk = talk_to(System(greets="never", takes="another"))

    assert len(talk.of("login")) == 1
    assert [finding.en for finding in found(talk)][-1:] != []
    assert any("The login is refused. wrong password" in finding.en for finding in found(talk))


def test_a_system_that_wants_a_login_first():
    findings = found(talk_to(System({"63": READER}, greets="signed in")))

    assert [f.value for f in findings if f.en == "99 is answered after the login alone."] == [["93", "99"]]


def test_a_system_that_never_answers():
    heard: list[Exchange] = []
    with running(System(fears_sums=True, wants_sums=True, hangs_up=False)) as port:
        talk = Talker(Target("127.0.0.1", port, 0.1), Visitor(), heard.append).run()

    assert talk.way is None
    assert [exchange.got for exchange in heard] == [b""] * 8
    assert talk.exchanges == heard


def test_nobody_listens():
    with running(System()) as port:
        pass

    with pytest.raises(OSError, match="refused"):
        Talker(Target("127.0.0.1", port), VISITOR, lambda _exchange: None).run()


def test_a_system_that_closes_after_each_answer():
    talk = talk_to(System({"63": READER}, closes=True))

    assert any("closes the line after each answer" in finding.en for finding in found(talk))


def test_a_card_that_would_be_refused_is_told_with_its_flags():
    blocked = READER.replace("64              ", "64Y   Y         ")
    findings = found(talk_to(System({"63": blocked})))

    assert [
        f.en
        for f in findings
        if re.search("charge privileges denied, card reported lost.*take 0, 4 out", f.en)
    ] != []


def test_what_is_not_taken_from_here_is_told():
    closed = "98YYNNNN030003{date}2.00AOzhen|BXYYYYYYYYYYYNNNNN|"
    findings = found(talk_to(System({"63": READER, "99": closed})))

    assert any("means_status = false" in finding.en for finding in findings)
    assert any("does not take what happened" in finding.en for finding in findings)


def test_a_deposit_may_look_like_a_fee():
    findings = found(talk_to(System({"63": READER + "BV100.00|"})))

    (deposit,) = [finding for finding in findings if finding.key == "rename.64.BV"]
    assert "BV (100.00) may be a deposit" in deposit.en
    assert not deposit.binding


def test_a_system_that_knows_everybody():
    stranger = READER.replace("AAR1", "AASHUWU-TRY-0")
    findings = found(talk_to(System({"63": READER, "63 SHUWU-TRY-0": stranger})))

    assert any("A card that nobody gave passes for a reader" in finding.en for finding in findings)


def severe(system: System, **more: float) -> list[str]:
    """The conclusions that no terminal gets past."""
    return [
        finding.en.removeprefix("!! ") for finding in found(talk_to(system, **more)) if "!!" in finding.en
    ]


@pytest.mark.parametrize(
    ("answers", "instead"),
    [
        ({"63": "64    "}, "what comes has other fixed fields, or is no SIP2"),
        ({"63": "Internal error"}, "what comes has other fixed fields, or is no SIP2"),
        ({"63": "18030001{date}ABB1|AJ|"}, "it answers something else"),
        ({"63": "96"}, "it asks for another copy (96)"),
        ({}, "the line is closed"),
    ],
)
def test_a_reader_about_whom_nothing_is_heard(answers: dict[str, str], instead: str):
    told = severe(System({**answers, "17 B1": ITEM}))

    assert f"No 64 for the 63 that can be used: {instead}. No kiosk can do without it." in told
    assert [line for line in told if "for the 17" in line] == [], "it was asked on a new line"


@pytest.mark.parametrize(
    ("unknown", "told"),
    [
        ("23", "It does not answer 23: a gateway asks 63 in its place."),
        ("63", "It answers 23 alone: a kiosk needs a gateway, which asks that in the place of 63."),
    ],
)
def test_who_a_reader_is_may_be_answered_in_one_way_alone(unknown: str, told: str):
    findings = found(talk_to(System({"63": READER, "17 B1": ITEM, unknown: "96"})))
    proposal = propose(findings)

    assert told in [finding.en for finding in findings]
    assert (proposal.dialect, proposal.overrides.split(" = ")[0]) == ("generic", "lacks")
    assert set(merge(load("generic"), proposal.overrides).lacks) == {unknown, *load("generic").lacks}


def test_a_reader_of_whom_neither_name_nor_validity_is_told():
    nameless = READER.replace("AEWang|", "AE|").replace("BLY|", "")

    assert severe(System({"63": nameless, "17 B1": ITEM})) == [
        "Its 64 has neither BL nor AE: a kiosk takes every card for unknown."
    ]


def test_an_answer_without_an_end():
    (told,) = severe(System({"63": READER, "17 B1": ITEM}, end="", hangs_up=False), timeout_s=0.1)

    assert told == "Some answers have no end: a terminal waits for it in vain."


class Late(System):
    """Answers each question with the answer to the one before."""

    def answer(self, octets, line):
        before = line.get("before")
        line["before"] = super().answer(octets, line)
        return before or line["before"]


def test_answers_that_come_one_question_late_are_no_dialect():
    """Their numbers are those of other questions, and no sign that numbers mean nothing there."""
    findings = found(talk_to(Late({"63": READER, "17 B1": ITEM})))

    assert [finding for finding in findings if finding.key == "echoes_sequence"] == []
    assert any("late, twice or out of order" in finding.en for finding in findings)
    assert propose(findings).dialect == "generic"


class Hostile(System):
    """Says the same to everything."""

    def answer(self, octets, line):
        return self.answers["all"].encode("latin-1")


@pytest.mark.parametrize(
    "said",
    [
        "\x00\xff\xfe\x80\r",
        "x" * 100_000,
        "9" * 70_000 + "\r",
        "98Y",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "\r" * 9999,
        "96AZFEF6\r",
    ],
    ids=lambda said: repr(said[:12]),
)
def test_nonsense_ends_in_no_answer(said):
    talk = talk_to(Hostile({"all": said}), timeout_s=0.15)

    assert talk.way is None
    assert found(talk) is not None
