"""A reader's fees and a payment under way, as literal snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msgspec import structs

from kiosk.errand_events import Account, Fee, Waived
from kiosk.errands.paying import Paying, PayStep
from kiosk.errands.state import Errand, Panel
from kiosk.snapshot import Snapshot
from tests.kiosk.screen.states import DESK
from wire.faults import number

BASE = DESK["identified"]
assert BASE.session is not None
READER = BASE.session.reader
TAKES = frozenset({"63", "37"})
TWO = (Fee("17", 1250, "三体", "overdue"), Fee("18", 300, "", "card"))
OWING = Account(fees=TWO, owed_fen=1550)
HALF, DONE = Waived("全民阅读月", percent=50), Waived("全民阅读月", fen=1250)
CODE = "https://pay.example/pay/0123456789abcdef0123456789abcdef"
UNTIL_MS = BASE.now.mono_ms + 180_000


def _fees(account: Account | None, *, online: bool = True, fault: int | None = None) -> Snapshot:
    errand = Errand(panel=Panel.FEES, reader=READER, account=account, fault=fault)
    return replace(BASE, errand=errand, takes=TAKES, online=online)


def _paying(step: PayStep, fault: str = "") -> Snapshot:
    code = CODE if step is PayStep.SHOWN else ""
    paying = Paying("0a" * 8, 1250, UNTIL_MS, step, code, number(fault) if fault else None)
    errand = Errand(panel=Panel.PAYING, reader=READER, account=OWING, paying=paying)
    return replace(BASE, errand=errand, takes=TAKES, online=True)


FEES: Mapping[str, Snapshot] = {
    "fees": _fees(OWING),
    "fees_none": _fees(Account()),
    "fees_forgiven": _fees(Account(waived=(DONE,))),
    "fees_amnesty": _fees(structs.replace(OWING, waived=(HALF, DONE))),
    "fees_offline": _fees(OWING, online=False),
    "fees_asking": _fees(None),
    "fees_silent": _fees(None, fault=number("ils_silent")),
    "pay_asking": _paying(PayStep.ASKING),
    "pay": _paying(PayStep.SHOWN),
    "pay_booking": _paying(PayStep.BOOKING),
    "paid": _paying(PayStep.BOOKED),
    "paid_later": _paying(PayStep.LATER),
    "pay_expired": _paying(PayStep.FAILED, "payment_expired"),
    "pay_unavailable": _paying(PayStep.FAILED, "payment_unavailable"),
    "pay_not_booked": _paying(PayStep.FAILED, "payment_not_booked"),
    "pay_unclear": _paying(PayStep.FAILED, "payment_unclear"),
}
