"""What is counted: each measure, the facts that it counts, and its definition for the reader of a report.

Pure data. Ingest adds by this table, `reports rebuild` recounts by it, the pages print its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from central.reports import visits
from central.reports.measure import Addend, Measure
from wire import facts
from wire.faults import Words

MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        visits.VISITS,
        Measure(
            "loans",
            Words("外借册次", "Loans"),
            Words("册次", "loans"),
            Words(
                "首次借出的册次，一册一次；续借另计。", "Items lent, each physical unit once; renewals apart."
            ),
        ),
        Measure(
            "returns",
            Words("归还册次", "Returns"),
            Words("册次", "returns"),
            Words("在自助设备和人工服务台归还的册次。", "Items returned at machines and at staffed desks."),
        ),
        Measure(
            "renewals",
            Words("续借册次", "Renewals"),
            Words("册次", "renewals"),
            Words(
                "图书馆系统予以续借的册次，每次续借计一次；不计入外借册次。",
                "Items whose loan was made longer, each time counted once; never loans.",
            ),
        ),
        Measure(
            "loan_sessions",
            Words("外借人次", "Borrowers' sessions"),
            Words("人次", "sessions"),
            Words("至少借出一册的自助办理次数。", "Reader sessions with at least one loan."),
        ),
        Measure(
            "refusals",
            Words("未能借出册次", "Refused loans"),
            Words("册次", "items"),
            Words("图书馆系统未予借出的册次。", "Items that the library system did not lend."),
        ),
        Measure(
            "readers_registered",
            Words("新增读者", "New readers"),
            Words("人", "readers"),
            Words(
                "在自助设备上凭身份证新办读者证的人数；已有读者证的不计，人工办理的另计。",
                "Persons who became readers at the machine by their ID card; who was one already does not count.",
            ),
        ),
        Measure(
            "judgements",
            Words("自助评价次数", "Judgements"),
            Words("次", "answers"),
            Words(
                "读者离开时一键评价的次数，即满意率的样本数；样本由读者自选，满意率不能代替读者满意度调查。",
                "One touch on the goodbye page: the sample behind the share of satisfied readers, who chose to answer; not a substitute for the survey.",
            ),
            rate="judged_good",
        ),
        Measure(
            "judged_good",
            Words("满意率", "Satisfied"),
            Words("次", "answers"),
            Words("评价为“顺利”的次数。", "Answers that it went well."),
            under="judgements",
        ),
        Measure(
            "judged_fair",
            Words("评价“一般”", "Judged so-so"),
            Words("次", "answers"),
            Words("评价为“一般”的次数。", "Answers that it went so-so."),
            under="judgements",
        ),
        Measure(
            "judged_bad",
            Words("评价“不顺利”", "Judged bad"),
            Words("次", "answers"),
            Words("评价为“不顺利”的次数。", "Answers that it went badly."),
            under="judgements",
        ),
        Measure(
            "help_calls",
            Words("呼叫帮助次数", "Calls for help"),
            Words("次", "calls"),
            Words("读者在屏幕上呼叫值班台的次数。", "Calls of the duty desk from a screen."),
        ),
        Measure(
            "entries_refused",
            Words("拒绝进入次数", "Refused entries"),
            Words("次", "times"),
            Words(
                "刷证后未予开门的次数，不计入到馆人次。",
                "Cards shown at the door and not admitted; never visits.",
            ),
        ),
        Measure(
            "loans_offline",
            Words("离线借出册次", "Loans made offline"),
            Words("册次", "loans"),
            Words(
                "外借册次中，图书馆系统无应答时由终端按规则借出的部分，按借出时间计。",
                "Of the loans, those that the machine made by its rule while the library system was silent, at their own time.",
            ),
            under="loans",
        ),
        Measure(
            "returns_offline",
            Words("离线归还册次", "Returns taken offline"),
            Words("册次", "returns"),
            Words(
                "归还册次中，图书馆系统无应答时由终端先行收下的部分，按归还时间计。",
                "Of the returns, those that the machine took while the library system was silent, at their own time.",
            ),
            under="returns",
        ),
        Measure(
            "loans_forced",
            Words("强制补登借出", "Loans entered by force"),
            Words("册次", "loans"),
            Words(
                "事后以“不得拒绝”方式补登的借出，未经借阅规则检查；按补登时间计。",
                "Loans entered afterwards with no-block, past the lending rules; counted when they were entered.",
            ),
            under="loans",
        ),
        Measure(
            "returns_forced",
            Words("强制补登归还", "Returns entered by force"),
            Words("册次", "returns"),
            Words(
                "事后以“不得拒绝”方式补登的归还；按补登时间计。",
                "Returns entered afterwards with no-block; counted when they were entered.",
            ),
            under="returns",
        ),
        Measure(
            "loans_undone",
            Words("当即撤销的借出", "Loans undone at once"),
            Words("册次", "loans"),
            Words(
                "外借册次中，终端未能放出图书、当即撤销的部分；按撤销时间计。",
                "Of the loans, those that a machine took back at once since it could not let the item go; counted when undone.",
            ),
            under="loans",
        ),
        Measure(
            "returns_undone",
            Words("当即撤销的归还", "Returns undone at once"),
            Words("册次", "returns"),
            Words(
                "归还册次中，终端未能收下图书、当即撤销的部分；按撤销时间计。",
                "Of the returns, those that a machine took back at once since it could not keep the item; counted when undone.",
            ),
            under="returns",
        ),
        Measure(
            "owed_refused",
            Words("离线借还被拒", "Offline transactions refused"),
            Words("册次", "items"),
            Words(
                "离线借出或归还后，图书馆系统不予补登、须由工作人员处理的册次。",
                "Items lent or taken back offline that the library system then refused; each is for staff.",
            ),
            under="refusals",
        ),
        *visits.PARTS,
    )
}


def clc_class(call_number: str) -> str:
    """First letter of a Chinese Library Classification number (`I247.57/…` → `I`); `?` where it has none."""
    first = call_number[:1].upper()
    return first if "A" <= first <= "Z" else "?"


def _lent(fact: facts.LoanMade | facts.LoanGranted) -> Addend:
    return Addend(
        "loans",
        1,
        (
            ("clc", clc_class(fact.call_number)),
            ("item", fact.item[:64]),
            ("reader_type", fact.reader_type),
        ),
    )


def _loan(fact: facts.LoanMade) -> Iterator[Addend]:
    """What was lent by a `loan.granted` was counted by it."""
    if not fact.granted:
        yield _lent(fact)
    if fact.forced:
        yield Addend("loans_forced", 1)


def _loan_granted(fact: facts.LoanGranted) -> Iterator[Addend]:
    yield _lent(fact)
    yield Addend("loans_offline", 1)


def _back(fact: facts.ReturnMade | facts.ReturnTaken) -> Addend:
    return Addend("returns", 1, (("clc", clc_class(fact.call_number)),))


def _return(fact: facts.ReturnMade) -> Iterator[Addend]:
    """What came back by a `return.taken` was counted by it."""
    if not fact.taken:
        yield _back(fact)
    if fact.forced:
        yield Addend("returns_forced", 1)


def _return_taken(fact: facts.ReturnTaken) -> Iterator[Addend]:
    yield _back(fact)
    yield Addend("returns_offline", 1)


def _renewal(_fact: facts.LoanRenewed) -> Iterator[Addend]:
    yield Addend("renewals", 1)


def _loan_undone(_fact: facts.LoanUndone) -> Iterator[Addend]:
    yield Addend("loans_undone", 1)


def _return_undone(_fact: facts.ReturnUndone) -> Iterator[Addend]:
    yield Addend("returns_undone", 1)


def _registered(fact: facts.ReaderRegistered) -> Iterator[Addend]:
    shares = (("credential", fact.credential), ("reader_type", fact.reader_type))
    yield Addend("readers_registered", 1, shares)


def _session(fact: facts.SessionClosed) -> Iterator[Addend]:
    if fact.loans:
        yield Addend("loan_sessions", 1)


def _refusal(fact: facts.LoanRefused) -> Iterator[Addend]:
    """A reader was refused at the desk, or the ILS refuses what the reader has had since long."""
    yield Addend("owed_refused" if fact.granted else "refusals", 1)


def _return_refusal(fact: facts.ReturnRefused) -> Iterator[Addend]:
    if fact.taken:
        yield Addend("owed_refused", 1)


JUDGED = {1: "judged_bad", 2: "judged_fair", 3: "judged_good"}


def _judgement(fact: facts.SurveyAnswered) -> Iterator[Addend]:
    yield Addend("judgements", 1)
    yield Addend(JUDGED[fact.score], 1)


def _help_called(_fact: facts.HelpCalled) -> Iterator[Addend]:
    yield Addend("help_calls", 1)


def _entry_refused(_fact: facts.EntryRefused) -> Iterator[Addend]:
    yield Addend("entries_refused", 1)


COUNTS: dict[type[facts.Fact], Callable[..., Iterator[Addend]]] = {
    facts.VisitEntered: visits.came,
    facts.VisitLeft: visits.went,
    facts.EntryApart: visits.apart,
    facts.FaultRaised: visits.jumped,
    facts.OccupancyPeaked: visits.peaked,
    facts.LoanMade: _loan,
    facts.LoanGranted: _loan_granted,
    facts.ReturnMade: _return,
    facts.ReturnTaken: _return_taken,
    facts.LoanRenewed: _renewal,
    facts.ReaderRegistered: _registered,
    facts.LoanUndone: _loan_undone,
    facts.ReturnUndone: _return_undone,
    facts.SessionClosed: _session,
    facts.LoanRefused: _refusal,
    facts.ReturnRefused: _return_refusal,
    facts.EntryRefused: _entry_refused,
    facts.SurveyAnswered: _judgement,
    facts.HelpCalled: _help_called,
}
"""Fact → what it adds. A kind that is not here is counted nowhere."""


def addends(fact: facts.Fact) -> Iterator[Addend]:
    """Everything that one fact adds to the tallies."""
    count = COUNTS.get(type(fact))
    return count(fact) if count else iter(())
