"""The account as a page: how many, then loans, holds, fees and messages as lists. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.errand_events import Account, Charge, Hold
from kiosk.errands.offers import offered
from kiosk.errands.state import Errand, Extending, Told
from kiosk.receipt import yuan
from kiosk.screen import fees
from kiosk.screen.page import Button, Choice, Page, Row, Section, Tally, Tone
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.snapshot import Snapshot
from wire.faults import fault, number

ILS_SILENT = number("ils_silent")


def account(page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """The page of the desk with the account in the place of its books."""
    errand = snapshot.errand
    offers = offered(settings.offers, snapshot.takes)
    tone, advice, code = _lead(errand, texts)
    found = errand.account
    return replace(
        page,
        scene="held" if errand.hold or errand.told else "account",
        layout="account",
        tone=tone,
        icon="work" if tone == "busy" else "book",
        advice=advice,
        code=code,
        tallies=_tallies(found, texts) if found else (),
        rows=(),
        sections=_sections(found, errand, texts, offers) if found else (),
        buttons=_buttons(errand, texts, offers),
        notice=None,
        catalogue=settings.catalogue,
        holds="hold" in offers,
    )


def _lead(errand: Errand, texts: Texts) -> tuple[Tone, str, str]:
    """Tone, words and code: what was done last, else how the account itself is."""
    words, told = texts.account, errand.told
    if errand.hold:
        return "busy", words.busy, ""
    if told and told.fault is None:
        return "good", _done(told, texts), ""
    missing = told.fault if told else errand.fault
    if missing is not None:
        return "warn", fault(missing).reader.of(texts.code), texts.shell.code.format(code=missing)
    if errand.account is None:
        return "busy", words.asking, ""
    empty = not (
        errand.account.charges or errand.account.holds or errand.account.owed_fen or errand.account.more
    )
    return "calm", words.nothing if empty else "", ""


def _done(told: Told, texts: Texts) -> str:
    words = texts.account
    if told.what == "pin":
        return words.pin_changed
    if told.what == "cancel_hold":
        return words.cancelled
    said = words.in_library if told.ready else words.position if told.position else words.placed
    return said.format(title=told.title or words.wish_nameless, position=told.position)


def _tallies(found: Account, texts: Texts) -> tuple[Tally, ...]:
    """On loan; then what wants the reader most: overdue, else ready to be fetched."""
    words = texts.account
    on_loan = len(found.charges) + found.more
    late = sum(charge.overdue for charge in found.charges)
    ready = sum(hold.ready for hold in found.holds)
    counts = [(on_loan, words.on_loan), (late, words.late), (0 if late else ready, words.ready)]
    return tuple(Tally(count, named.of(count)) for count, named in counts if count)


def _buttons(errand: Errand, texts: Texts, offers: frozenset[str]) -> tuple[Button, ...]:
    words, found = texts.account, errand.account
    buttons = []
    if found is None and errand.fault is not None:
        buttons.append(Button("account", words.again, main=True))
    if "renew_all" in offers and found and len(found.charges) > 1:
        buttons.append(Button("renew_all", words.renew_all))
    if found and found.owed_fen:
        buttons.append(Button("fees", texts.fees.open))
    if "pin" in offers:
        buttons.append(Button("pin", texts.pin.change))
    back = Button("books", words.back, main=not buttons or not buttons[0].main)
    return (*buttons, back, Button("done", texts.visit.done))


# ---------------------------------------------------------------- lists
def _sections(found: Account, errand: Errand, texts: Texts, offers: frozenset[str]) -> tuple[Section, ...]:
    words = texts.account
    loans = [_charge(one, errand, texts, offers) for one in sorted(found.charges, key=_urgency)]
    if found.more:
        loans.append(_line("more", words.more.format(count=found.more)))
    holds = [_hold(one, place, errand, texts, offers) for place, one in _by_readiness(found.holds)]
    owing = [fees.row(one, place, texts) for place, one in enumerate(found.fees)]
    owed = words.owed.format(yuan=yuan(found.owed_fen)) if found.owed_fen else ""
    if owed and not owing:
        owing.append(_line("owed", owed))
    heading = " ".join(filter(None, (words.fees, owed if found.fees else "")))
    waived = (texts.fees.waived, fees.forgiven(found, texts))
    messages = (words.messages, fees.messages(found))
    lists = ((words.holds, holds), (words.loans, loans), (heading, owing), waived, messages)
    return tuple(Section(named, tuple(rows)) for named, rows in lists if rows)


def _urgency(charge: Charge) -> tuple[bool, bool, str]:
    """Overdue first, then by date; what is not known yet stands last."""
    return not charge.overdue, not charge.due, charge.due


def _charge(charge: Charge, errand: Errand, texts: Texts, offers: frozenset[str]) -> Row:
    words, renewal = texts.account, errand.renewals.get(charge.item)
    base = Row(
        key=f"loan {charge.item or charge.title}",
        title=charge.title or texts.rows.barcode.format(item=charge.item),
        named=bool(charge.title),
        state="",
        icon="book",
        tone="calm",
        note=_due(charge, texts),
        choice=Choice("renew", charge.item, words.renew) if charge.item and "renew" in offers else None,
    )
    if charge.overdue:
        base = replace(base, state=words.overdue_state, icon="clock", tone="warn")
    if renewal is None:
        return base
    if renewal.step is Extending.RENEWED:
        return replace(base, state=words.renewed, icon="check", tone="good", choice=None)
    if renewal.step is not Extending.REFUSED or renewal.fault is None:
        return replace(base, state=words.renewing, icon="work", tone="busy", choice=None)
    again = base.choice if renewal.fault == ILS_SILENT else None
    why, code = fault(renewal.fault).reader.of(texts.code), texts.shell.code.format(code=renewal.fault)
    return replace(base, state=words.not_renewed, icon="look", tone="warn", note=why, code=code, choice=again)


def _due(charge: Charge, texts: Texts) -> str:
    if not charge.due:
        return ""
    day = texts.day(charge.due)
    if day is None:
        return texts.rows.due_unclear.format(date=charge.due)
    return (texts.account.overdue if charge.overdue else texts.rows.due).format(date=day)


def _by_readiness(holds: tuple[Hold, ...]) -> list[tuple[int, Hold]]:
    return sorted(enumerate(holds), key=lambda entry: not entry[1].ready)


def _hold(hold: Hold, place: int, errand: Errand, texts: Texts, offers: frozenset[str]) -> Row:
    words, choice = texts.account, None
    if hold.item and "hold" in offers and not errand.hold:
        sure = errand.sure == hold.item
        choice = Choice("cancel_hold", hold.item, words.cancel_sure if sure else words.cancel)
    return Row(
        key=f"hold {hold.item or place}",
        title=hold.title or texts.rows.barcode.format(item=hold.item),
        named=bool(hold.title),
        state=words.hold_ready if hold.ready else words.hold_waiting,
        icon="check" if hold.ready else "clock",
        tone="good" if hold.ready else "calm",
        note=_where(hold, texts) if hold.ready else "",
        choice=choice,
    )


def _where(hold: Hold, texts: Texts) -> str:
    """Where it is fetched, and until when."""
    words = texts.account
    shelf = words.locker.format(door=hold.locker) if hold.locker else words.on_shelf
    day = texts.day(hold.until) if hold.until else None
    parts = (
        words.at.format(place=hold.place) if hold.place else "",
        shelf,
        words.until.format(date=day) if day else "",
    )
    return " · ".join(filter(None, parts))


def _line(key: str, text: str) -> Row:
    return Row(key=key, title=text, named=True, state="", icon="look", tone="calm")
