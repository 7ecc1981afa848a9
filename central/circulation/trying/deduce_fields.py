"""What the talk shows of the fields: dates, renamed codes, lists, flags, our own faults. Pure; one rule a function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from central.circulation.trying.findings import Evidence, Finding, Rule
from wire import faults
from wire.sip2.codes import CirculationStatus
from wire.sip2.dates import due_date
from wire.sip2.dialect import BARRING
from wire.sip2.messages import CheckoutResponse, ItemInformationResponse, PatronInformationResponse
from wire.sip2.names import FLAG_NAMES

CLC_NUMBER = re.compile(r"[A-Z]{1,2}[0-9][0-9.\-+]*/\S+")
"""A call number by the Chinese Library Classification, with its book number: I247.55/123."""
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}.*")
TIMES = ("", " %H:%M", " %H:%M:%S", ",%H:%M", " %I:%M %p", " %I:%M:%S %p")
"""Behind a date, as systems write them."""
MONTHS = 12
_SEPARATORS = (",", ";")


def _renamed(message: str, theirs: str, standard: str, zh: str, en: str, *, binding: bool = True) -> Finding:
    return Finding(zh, en, f"rename.{message}.{theirs}", standard, binding)


# ---------------------------------------------------------------- dates
def _zone(at: Evidence) -> Iterator[Finding]:
    zones = {seen.zone for _, seen in at.frames if seen.zone is not None}
    if "0000" in zones:
        yield Finding("本地时间的时区写作 0000。", "Local times carry the zone 0000.", "zone", "0000")
    for short in zones & {"   ", " "}:
        yield Finding(
            f"日期的时区只有 {len(short)} 个空格。",
            f"The zone of dates has {len(short)} blanks.",
            "zone",
            short,
            binding=False,
        )


def _due(at: Evidence) -> Iterator[Finding]:
    dated: list[ItemInformationResponse | CheckoutResponse] = [*at.answers(ItemInformationResponse)]
    for item in (*dated, *at.answers(CheckoutResponse)):
        slashed = _SLASHED.fullmatch(item.due_date.strip())
        form = _day_first(item.due_date) if slashed and int(slashed[1]) > MONTHS else ""
        if form:
            yield Finding(
                f"应还日期 {item.due_date} 是日在前、月在后。",
                f"The due date {item.due_date} has the day before the month.",
                "due_dates",
                [form],
            )
        elif slashed and due_date(item.due_date) is not None and int(slashed[2]) <= MONTHS:
            yield Finding(
                f"应还日期 {item.due_date} 按月/日/年理解;若是日/月/年,请设 due_dates。",
                f"The due date {item.due_date} is read as month/day/year; if it is day/month/year, set due_dates.",
            )
        elif item.due_date.strip() and due_date(item.due_date) is None:
            yield Finding(
                f"应还日期 {item.due_date} 的写法不认识,请设 due_dates。",
                f"The due date {item.due_date} is in no known form: set due_dates.",
            )


def _day_first(text: str) -> str:
    """The form of a date whose day comes first; empty where it is in none."""
    forms = (f"%d/%m/%Y{time}" for time in TIMES)
    return next((form for form in forms if due_date(text, [form]) is not None), "")


# ---------------------------------------------------------------- readers
def _loans_in_holds(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "loans", "reader"):
        count = reader.charged_items_count
        if (
            count
            and not reader.charged_items
            and len(reader.hold_items) == count
            and not reader.hold_items_count
        ):
            yield _renamed("64", "AS", "AU", "在借图书列在 AS 中。", "The items on loan are listed in AS.")
            return


def _remaining(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "loans", "reader"):
        limit, left, count = reader.charged_items_limit, reader.hold_items_limit, reader.charged_items_count
        if limit and left is not None and count and left == limit - count:
            yield _renamed("64", "BZ", "YR", "BZ 是还可借的册数。", "BZ is how many more may be lent.")
            return


def _deposit(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "reader"):
        owes = {10, 11} & reader.patron_status or reader.fine_items_count
        if reader.fee_amount.strip("0. ") and not owes:
            yield _renamed(
                "64",
                "BV",
                "YV",
                f'BV({reader.fee_amount})可能是押金而不是欠费,请核对;若是,请设 rename.64.BV = "YV"。',
                f'BV ({reader.fee_amount}) may be a deposit and no fee: check; if so, set rename.64.BV = "YV".',
                binding=False,
            )


def _class_and_expiry(at: Evidence) -> Iterator[Finding]:
    reader = at.answer(PatronInformationResponse, "reader")
    if reader is None:
        return
    if at.code("PC", "reader") and not reader.reader_type:
        yield _renamed("64", "PC", "XT", "PC 是读者类型。", "PC is the reader type.")
    if any(re.fullmatch("[0-9]{8}.*", value) for value in at.code("PA", "reader")) and not reader.expiry_date:
        yield _renamed("64", "PA", "XD", "PA 是证的有效期。", "PA is when the card expires.")


def _flags(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "reader"):
        if barred := sorted(set(BARRING) & reader.patron_status):
            zh = "、".join(FLAG_NAMES[flag].zh for flag in barred)
            en = ", ".join(FLAG_NAMES[flag].en for flag in barred)
            numbers = ", ".join(str(int(flag)) for flag in barred)
            yield Finding(
                f"这位读者会被拒借:{zh}。若实际可借,请从 barring 中去掉 {numbers}。",
                f"This reader would be refused: {en}. If they may borrow, take {numbers} out of barring.",
            )


def _lists(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "loans", "reader"):
        listed = reader.charged_items
        count = reader.charged_items_count or 0
        joined = next(
            (sign for sign in _SEPARATORS if len(listed) == 1 < count == listed[0].count(sign) + 1), ""
        )
        if joined:
            yield Finding(
                f"在借图书以 {joined} 连写在一个字段里。",
                f"The items on loan stand in one field, with {joined} between them.",
                "list_separator",
                joined,
            )
            return
        if any(" " in item.strip() or not item.isascii() for item in listed):
            yield Finding(
                "在借清单列的是题名,不是条码。",
                "The list of loans names titles, no numbers.",
                "lists_titles",
                True,
            )
            return


# ---------------------------------------------------------------- items
def _call_number(at: Evidence) -> Iterator[Finding]:
    for theirs, standard, zh, en in (
        ("KC", "CS", "KC 是索书号。", "KC is the call number."),
        ("KP", "AP", "KP 是当前位置。", "KP is the current place."),
        ("KQ", "AQ", "KQ 是馆藏地。", "KQ is the permanent place."),
    ):
        if at.code(theirs, "item"):
            yield _renamed("18", theirs, standard, zh, en)
    for item in at.answers(ItemInformationResponse, "item"):
        if not item.call_number and CLC_NUMBER.fullmatch(item.permanent_location):
            yield _renamed("18", "AQ", "CS", "AQ 是索书号。", "AQ is the call number.")
            return


def _unknown_item(at: Evidence) -> Iterator[Finding]:
    for item in at.answers(ItemInformationResponse, "no such item"):
        if item.circulation_status not in {
            CirculationStatus.OTHER,
            CirculationStatus.LOST,
            CirculationStatus.MISSING,
        }:
            yield Finding(
                f"不存在的条码也有流通状态 {item.circulation_status}:状态码可能是它自己的,请用 values.18.circulation_status 对照。",
                f"A number that nobody gave has the status {item.circulation_status}: its statuses may be its own;"
                " map them with values.18.circulation_status.",
            )


def _unknown_reader(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "no such reader"):
        named = reader.valid_patron is None and reader.personal_name
        if reader.valid_patron or named:
            yield Finding(
                "不存在的证号也被当作有效读者,不要让这样的系统决定谁能进门。",
                "A card that nobody gave passes for a reader: do not let this system decide who comes in.",
            )


def _nameless(at: Evidence) -> Iterator[Finding]:
    for reader in at.answers(PatronInformationResponse, "reader"):
        if reader.valid_patron is None and not reader.personal_name:
            yield Finding(
                "!! 64 没有 BL 和 AE:看不出证是否有效,自助机会把每位读者当作查无此证。",
                "!! Its 64 has neither BL nor AE: a kiosk takes every card for unknown.",
            )


def _our_faults(at: Evidence) -> Iterator[Finding]:
    known = faults.catalogue()
    if any(getattr(seen.message, "fault", None) in known for _, seen in at.frames):
        yield Finding("YF 是书屋自己的故障编号。", "YF is a number of Shuwu's own faults.", "faults", True)


FIELD_RULES: tuple[Rule, ...] = (
    _zone,
    _due,
    _loans_in_holds,
    _remaining,
    _deposit,
    _class_and_expiry,
    _flags,
    _lists,
    _call_number,
    _unknown_item,
    _unknown_reader,
    _nameless,
    _our_faults,
)
