"""The desk's page: one lead for each phase of the session, and the books beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.events import Action, Reader
from kiosk.receipt import LENT, RETURNED, masked
from kiosk.screen import closing
from kiosk.screen.page import Button, Chip, Countdown, Cue, Icon, Layout, Notice, Page, Row, Tally, Tone
from kiosk.screen.rows import row
from kiosk.screen.settings import Settings
from kiosk.screen.troubles import chip, foremost
from kiosk.screen.words import Texts
from kiosk.session.state import Phase, Session, Step
from kiosk.snapshot import Snapshot
from wire.faults import fault, number

GATE_ALARM = number("gate_alarm")
FIRE_ACTIVE = number("fire_active")
COUNTED = frozenset({Phase.OPEN, Phase.IDENTIFIED})
"""Phases that end by themselves; the others end by an answer."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the page says first."""

    layout: Layout
    tone: Tone
    icon: Icon
    heading: str
    advice: str
    buttons: tuple[Action, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a lead is chosen from."""

    snapshot: Snapshot
    session: Session
    rows: tuple[Row, ...]
    texts: Texts
    stops_ms: int
    """So long before the room closes the desk begins nothing new."""
    books: bool
    """There is a pad for them."""

    def any(self, tone: Tone) -> bool:
        return any(row.tone == tone for row in self.rows)

    def wants_a_look(self) -> bool:
        """The reader has something to do, were it only to lay down the rest of a set."""
        return self.any("warn") or any(line.step is Step.INCOMPLETE for line in self.session.lines)


def desk(session: Session, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """The desk at one moment: fire first, then the end that nears, then the phase."""
    rows = tuple(row(line, session.phase, texts) for line in reversed(session.lines))
    warn_ms = settings.warn_ms * snapshot.eases.desk.pace
    countdown = _countdown(session, snapshot.now.mono_ms, warn_ms)
    scene, lead = (
        session.phase.value,
        LEADS[session.phase](Seen(snapshot, session, rows, texts, settings.desk_stops_ms, settings.books)),
    )
    if _fire(snapshot):
        scene, lead, countdown = "fire", _leave(texts), None
    elif countdown:
        scene, lead = "still_there", _still_there(texts)
    visit = lead.layout == "visit"
    says_all = lead.layout == "sign" or session.phase is Phase.OUT_OF_ORDER
    return Page(
        place="desk",
        scene=scene,
        layout=lead.layout,
        tone=lead.tone,
        icon=lead.icon,
        language=texts.code,
        heading=lead.heading,
        advice=lead.advice,
        code=lead.code,
        tallies=_tallies(session, texts) if visit else (),
        rows=rows if visit else (),
        notice=_notice(session, texts) if visit else None,
        countdown=countdown,
        buttons=_buttons(lead, texts),
        chip=_chip(scene, snapshot, texts, settings, says_all=says_all),
        catalogue=settings.catalogue and lead.layout == "welcome",
        cue=_cue(session, lead, rows, countdown),
    )


# ---------------------------------------------------------------- one lead a phase
def _idle(seen: Seen) -> Lead:
    words = seen.texts.welcome
    notice = _notice(seen.session, seen.texts)
    if notice:
        return Lead("sign", "warn", "card_no", words.refused, notice.words, ("dismiss",), notice.code)
    if _gate_alarm(seen.snapshot):
        why = fault(GATE_ALARM).reader.of(seen.texts.code)
        return Lead("sign", "warn", "look", words.come_back, why)
    shut = closing.shut(seen.snapshot, seen.texts) or closing.ends(seen.snapshot, seen.texts, seen.stops_ms)
    if shut:
        return Lead("sign", "calm", "clock", shut.heading, shut.advice)
    if not seen.books:
        register = seen.texts.register
        return Lead("sign", "calm", "card", register.lay_down, register.offered_advice)
    return Lead("welcome", "calm", "book", words.heading, "")


def _open(seen: Seen) -> Lead:
    words = seen.texts.visit
    if any(line.step is Step.WAITING for line in seen.session.lines):
        return Lead("visit", "calm", "card", words.open_waiting, words.open_waiting_advice, ("done",))
    if seen.any("busy"):
        return Lead("visit", "busy", "return", words.at_work, words.open_advice, ("done",))
    if seen.wants_a_look():
        return Lead("visit", "warn", "look", words.look, words.open_advice, ("done",))
    if seen.any("good"):
        return Lead("visit", "good", "check", words.all_settled, words.open_advice, ("done",))
    return Lead("visit", "calm", "book", words.lay_down, words.open_advice, ("done",))


def _identifying(seen: Seen) -> Lead:
    words = seen.texts.visit
    return Lead("visit", "busy", "card", words.identifying, words.identifying_advice)


def _identified(seen: Seen) -> Lead:
    words = seen.texts.visit
    greeting = _greeting(seen.session.reader, seen.texts)
    if seen.any("busy"):
        return Lead("visit", "busy", "borrow", greeting, words.at_work, ("done",))
    if seen.wants_a_look():
        return Lead("visit", "warn", "look", greeting, words.look, ("done",))
    if any(line.step in LENT for line in seen.session.lines):
        return Lead("visit", "good", "check", greeting, words.all_lent, ("done",))
    if seen.any("good"):
        return Lead("visit", "good", "check", greeting, words.all_settled, ("done",))
    return Lead("visit", "calm", "book", greeting, words.lay_down if seen.books else "", ("done",))


def _ending(seen: Seen) -> Lead:
    words = seen.texts.visit
    return Lead("visit", "busy", "work", words.ending, words.ending_advice)


def _out_of_order(seen: Seen) -> Lead:
    words, texts = seen.texts.stopped, seen.texts
    layout: Layout = "visit" if seen.rows else "sign"
    if seen.snapshot.state == "boot":
        return Lead(layout, "busy", "work", texts.shell.starting, words.boot_advice)
    if seen.snapshot.state == "service":
        return Lead(layout, "calm", "rest", words.service, words.service_advice)
    cause = foremost("desk", seen.snapshot)
    if cause is None:
        return Lead(layout, "warn", "rest", words.broken, words.broken_advice)
    code = texts.shell.code.format(code=cause.number)
    return Lead(layout, "warn", "rest", words.broken, cause.reader.of(texts.code), code=code)


LEADS: dict[Phase, Callable[[Seen], Lead]] = {
    Phase.IDLE: _idle,
    Phase.OPEN: _open,
    Phase.IDENTIFYING: _identifying,
    Phase.IDENTIFIED: _identified,
    Phase.ENDING: _ending,
    Phase.OUT_OF_ORDER: _out_of_order,
}


def _still_there(texts: Texts) -> Lead:
    words = texts.visit
    return Lead("visit", "warn", "clock", words.still_there, words.still_there_advice, ("more_time", "done"))


def _leave(texts: Texts) -> Lead:
    return Lead("sign", "alarm", "fire", texts.stopped.fire, fault(FIRE_ACTIVE).reader.of(texts.code))


# ---------------------------------------------------------------- parts of the page
def _fire(snapshot: Snapshot) -> bool:
    return bool(snapshot.room and snapshot.room.contacts and snapshot.room.contacts.fire)


def _chip(scene: str, snapshot: Snapshot, texts: Texts, settings: Settings, *, says_all: bool) -> Chip | None:
    """The room's last minutes before all else; then what is away, unless the page says it."""
    if scene == "fire":
        return None
    last = closing.countdown(snapshot, texts)
    if last or says_all:
        return last
    return chip("desk", snapshot, texts, lends=settings.lends_offline)


def _gate_alarm(snapshot: Snapshot) -> bool:
    return any(trouble.fault == GATE_ALARM for trouble in snapshot.troubles)


def _greeting(reader: Reader | None, texts: Texts) -> str:
    name = masked(reader.name) if reader else ""
    return texts.visit.greeting.format(name=name) if name else texts.visit.greeting_nameless


def _tallies(session: Session, texts: Texts) -> tuple[Tally, ...]:
    """Lent and returned; while there is neither, how many books were seen."""
    lent = sum(line.step in LENT for line in session.lines)
    returned = sum(line.step in RETURNED for line in session.lines)
    counts = ((lent, texts.visit.lent), (returned, texts.visit.returned))
    tallies = tuple(Tally(number, words.of(number)) for number, words in counts if number)
    seen = len(session.lines)
    return tallies or ((Tally(seen, texts.visit.on_pad.of(seen)),) if seen else ())


def _notice(session: Session, texts: Texts) -> Notice | None:
    if session.notice is None:
        return None
    number = session.notice.fault
    return Notice(fault(number).reader.of(texts.code), texts.shell.code.format(code=number))


def _countdown(session: Session, now_ms: int, warn_ms: int) -> Countdown | None:
    if session.end_at_ms is None or session.phase not in COUNTED:
        return None
    if now_ms < session.end_at_ms - warn_ms:
        return None
    if session.phase is Phase.OPEN and not any(line.present() for line in session.lines):
        return None  # all books are lifted: a last look at what became of them
    return Countdown(session.end_at_ms, warn_ms)


def _buttons(lead: Lead, texts: Texts) -> tuple[Button, ...]:
    words: dict[Action, str] = {
        "done": texts.visit.done,
        "more_time": texts.visit.more_time,
        "dismiss": texts.visit.dismiss,
    }
    return tuple(Button(action, words[action], main=action == lead.buttons[0]) for action in lead.buttons)


def _cue(session: Session, lead: Lead, rows: tuple[Row, ...], countdown: Countdown | None) -> Cue:
    """Good: a welcome and each book that is done. Attention: each book, card, clock or sign to look at."""
    good = (session.phase is Phase.IDENTIFIED) + sum(row.tone == "good" for row in rows)
    attention = sum(row.tone == "warn" for row in rows)
    attention += lead.layout == "sign" and lead.tone in {"warn", "alarm"}
    attention += session.notice.until_ms if session.notice else 0
    attention += countdown.end_at_ms if countdown else 0
    return Cue(good, attention)
