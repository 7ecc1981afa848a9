"""A book lent for a try at systems with a memory: what it shows, and that it is given back whatever happens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from central.circulation.ledger.models import Loan
from central.circulation.trying import lending
from central.circulation.trying.deduce_fields import FIELD_RULES
from central.circulation.trying.deduce_lending import LENDING_RULES
from central.circulation.trying.deduce_line import LINE_RULES
from central.circulation.trying.findings import Evidence, deduce
from central.circulation.trying.line import Target
from central.circulation.trying.propose import propose
from central.circulation.trying.talk import Talker, Visitor
from central.cli import cli
from central.db import open_sessions
from tests.central.circulation.line import open_loans
from tests.central.circulation.line import talk as serve
from tests.central.circulation.trying.kinds import READER
from tests.central.circulation.trying.systems import System, running

LENT = "12{flags}{{date}}AOzhen|AAR1|ABB1|AJThree Body|AH20261020    235959|"
BACK = "101YNN{date}AOzhen|ABB1|AQzhen|"
RENEWED = "301YNN{date}AOzhen|AAR1|ABB1|AJThree Body|AH20261120    235959|"


@dataclass(frozen=True)
class Lender(System):
    """It lends one book, B1."""

    flags: str = "1NNY"
    """Of a 12 that lends."""
    words: str = ""
    """AF of it."""
    wants_account: bool = False
    """CN in each 11."""
    bare_renewals: bool = False
    """29 and 30 without fixed fields."""
    hangs_up_on: str = ""
    """A request after which it closes."""
    statuses: tuple[str, str] = ("03", "04")
    """In, out."""
    shelf: dict[str, int] = field(default_factory=lambda: {"out": 0, "loans": 0})

    def _body(self, text: str, line: dict[str, bytes]) -> str | None:
        kind = text[:2]
        if kind == self.hangs_up_on:
            self.shelf["out"] = 1
            return None
        if kind in {"11", "29", "09"}:
            return {"11": self._lend, "29": self._renew, "09": self._take}[kind](text)
        if kind == "17" and "|ABB1|" in text:
            return f"18{self.statuses[self.shelf['out']]}0001{{date}}ABB1|AJThree Body|"
        return super()._body(text, line)

    def _lend(self, text: str) -> str:
        if self.shelf["loans"] < 0:
            return LENT.format(flags=self.flags) + "AF借书不成功|"
        if self.wants_account and "CNkiosk|" not in text:
            return LENT.format(flags="0NUN") + "AFno operator|"
        self.shelf["loans"] += 1
        flags = self.flags if not self.shelf["out"] else "1YNY"
        self.shelf["out"] = 1
        return LENT.format(flags=flags) + (f"AF{self.words}|" if self.words else "")

    def _renew(self, text: str) -> str | None:
        if self.bare_renewals:
            return RENEWED.replace("1YNN{date}", "") if text.startswith("29AO") else None
        return RENEWED

    def _take(self, _text: str) -> str:
        self.shelf["out"] = 0
        return BACK


VISITOR = Visitor("kiosk", "secret", card="R1", items=("B1",), lend="B1")


def tried(system: Lender, visitor: Visitor = VISITOR):
    with running(system) as port:
        talk = Talker(Target("127.0.0.1", port, 10.0), visitor, lambda _exchange: None).run()
    findings = deduce(Evidence(talk), (*LINE_RULES, *FIELD_RULES, *LENDING_RULES))
    return talk, findings, propose(findings)


def words(findings) -> str:
    return "\n".join(finding.en for finding in findings)


def test_a_book_is_lent_renewed_and_given_back():
    system = Lender({"63": READER})
    talk, findings, proposal = tried(system)

    asked = [one.purpose for one in talk.exchanges if one.sent[:2] in {b"11", b"29", b"09"}]
    assert asked == ["checkout", "checkout again", "renew", "checkin"]
    assert system.shelf == {"out": 0, "loans": 2}, "it does a copy once more"
    assert "taken for another one" in words(findings)
    assert "given back" in words(findings)
    assert (proposal.dialect, proposal.overrides) == ("generic", "")


@dataclass(frozen=True)
class Clocked(Lender):
    """It dates its answers, and lends a book to the same reader again with the same words."""

    def _sealed(self, body: str, digit: str | None) -> bytes:
        return super()._sealed(body.replace("{date}", f"20260921    2340{self.shelf['second']:02}"), digit)


def test_a_copy_that_is_done_again_within_the_same_second_is_told_by_its_date(monkeypatch):
    system = Clocked({"63": READER}, flags="1YNY", shelf={"out": 0, "loans": 0, "second": 7})

    def pause(seconds: float) -> None:
        assert seconds > 1
        system.shelf["second"] += 1

    monkeypatch.setattr(lending, "ANOTHER_SECOND_S", 1.1)
    monkeypatch.setattr(lending.time, "sleep", pause)
    _, findings, _ = tried(system)
    assert "taken for another one" in words(findings)


CHINESE = {
    "charset": "gbk",
    "sums": "constant",
    "sequence": "3",
    "after": "|",
    "repeats": False,
    "end": "\r\n",
}


def test_success_in_words_and_a_renewal_without_fixed_fields():
    answers = {
        "63": READER.replace("BZ0005", "BZ0008").replace("AU", "AS"),
        "17 B2": "18030001{date}ABB2|AJ三体|",
    }
    system = Lender(
        answers, **CHINESE, flags="0NNN", words="借书成功", wants_account=True, bare_renewals=True
    )
    _, findings, proposal = tried(system)

    keyed = {finding.key: finding.value for finding in findings if finding.key and finding.key != "no_fixed"}
    assert keyed["ok_by_text.yes"] == ["成功"]
    assert keyed["repeat_login_in"] == ["09", "11", "29"]
    assert "A renewal (29) has no fixed fields." in words(findings)
    assert keyed["means_desensitize"] is False
    assert "Its 30 has no fixed fields." in words(findings)
    assert proposal.dialect == "interlib"
    assert 'no_fixed = ["29", "30"]' in proposal.overrides
    assert system.shelf["out"] == 0


def test_a_flag_without_a_word_cannot_be_used():
    _, findings, _ = tried(Lender({"63": READER}, flags="0NNY"))
    assert "there are no words" in words(findings)


@pytest.mark.parametrize("where", ["29", "11"])
def test_it_is_given_back_though_the_line_ends_in_between(where):
    system = Lender({"63": READER}, hangs_up_on=where)
    _, findings, _ = tried(system)
    assert system.shelf["out"] == 0
    assert "given back" in words(findings)


@dataclass(frozen=True)
class Strict(Lender):
    """It closes after an 11 whose no-block due date is none."""

    def _body(self, text: str, line: dict[str, bytes]) -> str | None:
        if text.startswith("11") and text[22:40].isspace():
            return None
        return super()._body(text, line)


def test_a_no_block_due_date_that_must_be_a_date():
    system = Strict({"63": READER})
    talk, findings, proposal = tried(system)

    asked = [one.purpose for one in talk.exchanges if one.sent[:2] in {b"11", b"29", b"09"}]
    assert asked == ["checkout", "checkout, dated", "renew", "checkin"]
    assert proposal.overrides == "nb_due_date_always = true"
    assert "!!" not in words(findings)
    assert system.shelf["out"] == 0


@dataclass(frozen=True)
class Unwilling(Lender):
    """It answers no 11."""

    def _body(self, text: str, line: dict[str, bytes]) -> str | None:
        return None if text.startswith("11") else super()._body(text, line)


def test_a_system_that_answers_no_checkout_is_told_loudly():
    talk, findings, _ = tried(Unwilling({"63": READER}))

    assert talk.of("checkout, dated")
    assert not talk.of("renew")
    assert "!! A checkout (11) is not answered." in words(findings)


def test_what_stays_on_loan_is_told_loudly():
    _, findings, _ = tried(Lender({"63": READER}, hangs_up_on="09"))
    assert "may still be on loan" in words(findings)


def test_a_book_that_somebody_has_is_left_alone():
    system = Lender({"63": READER}, shelf={"out": 1, "loans": 0})
    _, findings, _ = tried(system)
    assert system.shelf == {"out": 1, "loans": 0}
    assert "was left alone" in words(findings)


@pytest.mark.parametrize(
    ("statuses", "flags"), [(("02", "03"), "0NUN"), (("01", "01"), "0NUN"), (("02", "03"), "1YNY")]
)
def test_a_book_that_somebody_has_is_left_alone_though_its_status_does_not_say_so(statuses, flags):
    """03 is on loan at dp2. A 12 that renews says that the reader had it before."""
    system = Lender({"63": READER}, statuses=statuses, flags=flags, shelf={"out": 1, "loans": -1})
    talk, findings, _ = tried(system)

    assert system.shelf == {"out": 1, "loans": -1}
    assert not talk.of("renew", "checkin")
    assert "was not lent for the try" in words(findings)


def test_without_its_word_nothing_is_lent():
    system = Lender({"63": READER})
    tried(system, Visitor("kiosk", "secret", card="R1", items=("B1",)))
    assert system.shelf == {"out": 0, "loans": 0}


# ---------------------------------------------------------------- on the command line
def attempt(port: int, answer: str, *words: str):
    arguments = ["sip2", "try", f"127.0.0.1:{port}", "--lend", "B1", *words]
    return CliRunner().invoke(cli, arguments, input=answer)


def test_it_asks_before_it_changes_anything():
    system = Lender({"63": READER})
    with running(system) as port:
        no = attempt(port, "n\n", "--card", "R1")
        nobody = attempt(port, "")
    assert (no.exit_code, nobody.exit_code) == (1, 2)
    assert "将在 127.0.0.1 把图书 B1 借给 R1,随即还回。继续吗? [y/N]" in no.output
    assert "--lend goes with --card" in nobody.output
    assert system.shelf == {"out": 0, "loans": 0}


def test_our_own_server_lends_once_and_has_it_back(embedded, tmp_path):
    file = tmp_path / "password"
    file.write_text("terminal secret\n")
    known = ("--user", "xian-desk", "--password-file", str(file), "--institution", "xian", "--language", "en")

    async def conversation(server):
        return await asyncio.to_thread(attempt, server.port, "y\n", "--card", "R1", *known)

    result = serve(embedded, conversation)

    assert result.exit_code == 0, result.output
    assert "had the same answer to the octet" in result.output
    assert "The book for the try was given back." in result.output
    assert "Reading alone does not show" not in result.output
    assert 'dialect = "shuwu"\n\n' in result.output
    assert open_loans(embedded) == 0
    with open_sessions(embedded, readonly=True)() as session:
        assert session.scalar(select(func.count(Loan.id))) == 1
