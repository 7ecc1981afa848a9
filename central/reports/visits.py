"""How visits are counted: by which method, of which visits one may want to know more, and what is no visit.

Each visit is counted once: a room counts by its counter (method A) or by its cards (method B), and marks what the
other method says as a check.
"""

from __future__ import annotations

from collections.abc import Iterator

from central.reports.measure import Addend, Measure
from wire import facts
from wire.faults import Words, number

COUNTER_JUMPED = number("counter_jumped")
NOT_COUNTING = frozenset({COUNTER_JUMPED, number("counter_lost")})
"""While one of these stands nobody knows who passes."""
PERSONS = Words("人次", "visits")
VISITS = Measure(
    "visits",
    Words("到馆人次", "Visits"),
    PERSONS,
    Words(
        "经入口进入的人次，同一人再次进入另计。方法A为双向客流计数器；未装计数器的按方法B，即刷证后十秒内开门的读者及其同行者。被拒绝的、工作人员和闭馆时进入的不计。",
        "Persons passing the entry line, each entry counted: by the two-way counter (A), or where there is none by card and door opened within 10 s (B). Never refused cards, staff, or entries while closed.",
    ),
)
PARTS = (
    Measure(
        "visits_card",
        Words("按刷证计（方法B）", "Counted by cards (method B)"),
        PERSONS,
        Words(
            "到馆人次中，按刷证开门统计的书屋所计的部分；其余按计数器（方法A）。",
            "Of the visits, those of rooms that count by card and door; the others are by the counter (method A).",
        ),
        under="visits",
    ),
    Measure(
        "visits_check",
        Words("另一方法的核对数", "By the other method, as a check"),
        PERSONS,
        Words(
            "两种方法都有的书屋，未采用的一种所计的人次；仅供核对，不计入到馆人次。",
            "Where a room has both methods, what the one says that it does not count by: a check, in no sum of visits.",
        ),
        under="visits",
    ),
    Measure(
        "visits_unattended",
        Words("无人值守时段", "In unattended hours"),
        PERSONS,
        Words(
            "到馆人次中，按该书屋开放时间无工作人员值守的时段进入的部分。",
            "Of the visits, those at hours at which the room has no staff, by its own opening hours.",
        ),
        under="visits",
    ),
    Measure(
        "visits_again",
        Words("十分钟内再次进入", "Re-entries within ten minutes"),
        PERSONS,
        Words(
            "同一读者证十分钟内刚进出过又再次进入的人次；已计入，可据此剔除。仅刷证可知。",
            "Entries of a reader whose card came or went less than ten minutes before: counted, shown apart. Known by cards alone.",
        ),
        under="visits",
    ),
    Measure(
        "visits_companions",
        Words("同行者", "Companions"),
        PERSONS,
        Words(
            "随读者进入、由读者在门口申报的人次。",
            "Who came along with a reader, as the reader told at the door.",
        ),
        under="visits",
    ),
    Measure(
        "entries_apart",
        Words("进入但不计人次", "Entries that are no visits"),
        PERSONS,
        Words(
            "工作人员、维护期间和闭馆时进入的人次，不计入到馆人次。",
            "Entries of staff, during service, and while closed; in no sum of visits.",
        ),
        under="visits",
    ),
    Measure(
        "counter_jumps",
        Words("计数器跳变", "Jumps of the counter"),
        Words("次", "times"),
        Words(
            "计数器跳变或清零的次数；其间的人次无从得知，未计入，也不估算。",
            "Times that a counter jumped or was reset: what passed meanwhile is not known, not counted and not estimated.",
        ),
        under="visits",
    ),
    Measure(
        "stays",
        Words("知其停留时间的人次", "Visits whose stay is known"),
        PERSONS,
        Words(
            "离开时知道何时进入的人次，即平均停留时间的样本数。",
            "Persons who left and were seen to come: the sample behind the mean stay.",
        ),
        under="visits",
    ),
    Measure(
        "stayed_s",
        Words("平均停留", "Mean stay"),
        Words("秒", "seconds"),
        Words(
            "从进入到离开的平均时间；按计数器先进先出计算，或按进出刷证。",
            "From coming in to going out: by the counter, first in first out, or by cards shown both ways.",
        ),
        under="visits",
        per="stays",
    ),
)


def came(fact: facts.VisitEntered) -> Iterator[Addend]:
    """A visit; what the other method says of it is a check alone."""
    if fact.check:
        yield Addend("visits_check", fact.persons)
    else:
        yield Addend("visits", fact.persons)
        if fact.method == "card":
            yield Addend("visits_card", fact.persons)
        if fact.unattended:
            yield Addend("visits_unattended", fact.persons)
    if fact.again:
        yield Addend("visits_again", 1)
    if fact.companions:
        yield Addend("visits_companions", fact.companions)


def went(fact: facts.VisitLeft) -> Iterator[Addend]:
    """How long they stayed, where it is known, by one method alone."""
    if fact.stays and not fact.check:
        yield Addend("stays", fact.stays)
        yield Addend("stayed_s", fact.stayed_s)


def apart(fact: facts.EntryApart) -> Iterator[Addend]:
    yield Addend("entries_apart", fact.persons)


def jumped(fact: facts.FaultRaised) -> Iterator[Addend]:
    if fact.fault == COUNTER_JUMPED:
        yield Addend("counter_jumps", 1)


def peaked(_fact: facts.OccupancyPeaked) -> Iterator[Addend]:
    """A peak is no sum: it stands in a table of its own."""
    return iter(())
