"""What a reader owes as a page, and a payment under way: waiting, its code, paid, failed. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from kiosk.errand_events import Account, Fee, Waived
from kiosk.errands.offers import offered
from kiosk.errands.paying import Paying, PayStep
from kiosk.receipt import yuan
from kiosk.screen.page import Button, Choice, Icon, Page, Row, Section, Tone
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.screen.words.fees import Fees
from kiosk.snapshot import Snapshot
from wire.faults import fault, number

RECEIVED = frozenset(number(name) for name in ("payment_not_booked", "payment_unclear"))
"""The money is there all the same."""
WHOLE = 100
"""Percent."""


def fees(page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """Each fee with its amount; all of it is paid by one touch, or one of them by its own."""
    words, errand = texts.fees, snapshot.errand
    account, takes = errand.account, "pay" in offered(settings.offers, snapshot.takes)
    can_pay = takes and snapshot.online and errand.account_ask == 0
    owed_fen = account.owed_fen if account else 0
    listed = account.fees if account else ()
    rows = [row(fee, place, texts, can_pay=can_pay and len(listed) > 1) for place, fee in enumerate(listed)]
    pay = Button("pay", words.pay_all, main=True)
    return replace(
        page,
        scene="fees",
        layout="account",
        tone=_tone(snapshot),
        icon="work" if account is None and errand.fault is None else "coin",
        advice=_advice(snapshot, texts, takes=takes),
        code=texts.shell.code.format(code=errand.fault) if errand.fault and account is None else "",
        tallies=(),
        rows=(),
        sections=_sections(account, rows, texts),
        buttons=(
            *((pay,) if can_pay and owed_fen else ()),
            Button("books", words.back, main=not (can_pay and owed_fen)),
            Button("done", texts.visit.done),
        ),
        notice=None,
    )


def _sections(account: Account | None, rows: list[Row], texts: Texts) -> tuple[Section, ...]:
    """What is owed, what is forgiven of it, and what the library has to say."""
    if account is None:
        return ()
    owed = texts.fees.total.format(yuan=yuan(account.owed_fen))
    lists = (
        (owed, rows if account.owed_fen else []),
        (texts.fees.waived, forgiven(account, texts)),
        (texts.account.messages, messages(account)),
    )
    return tuple(Section(heading, tuple(listed)) for heading, listed in lists if listed)


def messages(account: Account) -> list[Row]:
    """What the library has to say, a row each."""
    return [
        Row(key=f"message {place}", title=text, named=True, state="", icon="look", tone="calm")
        for place, text in enumerate(account.messages)
    ]


def forgiven(account: Account, texts: Texts) -> list[Row]:
    """What amnesties forgive, a row each, and why."""
    return [
        Row(
            key=f"waived {place}",
            title=_waived(waived, texts.fees),
            named=True,
            state="",
            note=waived.reason,
            icon="check" if waived.fen else "coin",
            tone="good" if waived.fen else "calm",
        )
        for place, waived in enumerate(account.waived)
    ]


def _waived(waived: Waived, words: Fees) -> str:
    if waived.fen:
        return words.forgiven.format(yuan=yuan(waived.fen))
    return words.free if waived.percent == WHOLE else words.less.format(percent=waived.percent)


def _tone(snapshot: Snapshot) -> Tone:
    errand = snapshot.errand
    if errand.account is None:
        return "busy" if errand.fault is None else "warn"
    return "calm" if errand.account.owed_fen else "good"


def _advice(snapshot: Snapshot, texts: Texts, *, takes: bool) -> str:
    words, errand = texts.fees, snapshot.errand
    if errand.account is None:
        return texts.account.asking if errand.fault is None else fault(errand.fault).reader.of(texts.code)
    if not errand.account.owed_fen:
        return words.none
    if not takes:
        return words.at_desk
    return "" if snapshot.online else words.later


def row(fee: Fee, place: int, texts: Texts, *, can_pay: bool = False) -> Row:
    """One fee: what for, how much, and a button of its own where it can be paid."""
    kind = getattr(texts.fees.kinds, fee.kind) if fee.kind else ""
    amount = texts.account.yuan.format(yuan=yuan(fee.fen)) if fee.fen is not None else ""
    choice = Choice("pay", fee.number, texts.fees.pay) if can_pay and fee.number and fee.fen else None
    return Row(
        key=f"fee {fee.number or place}",
        title=fee.words or kind,
        named=True,
        state=amount,
        note=kind if fee.words else "",
        icon="coin",
        tone="calm",
        choice=choice,
    )


def paying(page: Page, snapshot: Snapshot, texts: Texts, _settings: Settings) -> Page:
    """The code as soon as there is one; then what became of the money."""
    under_way = snapshot.errand.paying
    if under_way is None:
        return page
    words = texts.fees
    scene, tone, icon, heading_of = _STEPS[under_way.step]
    page = replace(
        page,
        scene=scene,
        layout="sign",
        tone=tone,
        icon=icon,
        heading=heading_of(words),
        advice=texts.account.yuan.format(yuan=yuan(under_way.amount_fen)),
        code="",
        rows=(),
        tallies=(),
        notice=None,
        buttons=_buttons(under_way, texts),
    )
    if under_way.step is PayStep.SHOWN:
        advice = words.scan_advice.format(yuan=yuan(under_way.amount_fen))
        return replace(page, layout="scan", qr=under_way.code, advice=advice)
    if under_way.fault is not None:
        why = fault(under_way.fault).reader.of(texts.code)
        heading = words.received if under_way.fault in RECEIVED else page.heading
        code = texts.shell.code.format(code=under_way.fault)
        return replace(page, heading=heading, advice=why, code=code)
    return page


def _buttons(under_way: Paying, texts: Texts) -> tuple[Button, ...]:
    words = texts.fees
    if under_way.waited_for:
        return (Button("fees", words.back),)
    if under_way.step is PayStep.FAILED:
        return Button("fees", words.back, main=True), Button("done", texts.visit.done)
    return Button("books", words.back), Button("done", texts.visit.done, main=True)


_STEPS: dict[PayStep, tuple[str, Tone, Icon, Callable[[Fees], str]]] = {
    PayStep.ASKING: ("pay_asking", "busy", "work", lambda words: words.asking),
    PayStep.SHOWN: ("pay", "calm", "coin", lambda words: words.scan),
    PayStep.BOOKING: ("pay_booking", "busy", "work", lambda words: words.booking),
    PayStep.BOOKED: ("paid", "good", "check", lambda words: words.booked),
    PayStep.LATER: ("paid_later", "good", "check", lambda words: words.settled_later),
    PayStep.FAILED: ("pay_failed", "warn", "look", lambda words: words.failed),
}
"""Scene, tone, icon and heading."""
