"""What one event does to the session as a whole: cards, time, the station. Pure functions.

Each takes (session, event, surroundings) and returns (session, effects); the books' own moves stand
in `books` and `tags`.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from drivers.events import ID_CARD, CardShown, CardTaken, DeviceBack, PadSettled
from kiosk import config
from kiosk.clock import Now
from kiosk.effects import AskReader, Medium, Record
from kiosk.events import (
    IlsSilent,
    Reader,
    ReaderAnswered,
    ServingChanged,
    ShownInVain,
    StopAsked,
    Ticked,
    Touched,
    Typed,
)
from kiosk.payment_events import PaymentAnswered
from kiosk.session import books, codes, tags
from kiosk.session.state import IN_FLIGHT, Line, Notice, Phase, Session, Step
from kiosk.session.surroundings import Effects, Stepped, Surroundings
from wire import facts
from wire.faults import number

CANNOT_CHECK_CARD = number("cannot_check_card")
CARD_BLOCKED = number("card_blocked")
JOURNAL_FULL = number("journal_full")
TWO_CARDS = number("two_cards")
AT_ONCE_MS = 1500
"""A second card within this of the first lies in the same wallet: nobody is done with a visit so soon."""
PAD_SETTLES_MS = 5000
"""Longest wait for a pad that came up to say that it has told what lay there: reading 30 books takes 3 s."""


# ---------------------------------------------------------------- cards
def identify(session: Session, event: CardShown, around: Surroundings) -> Stepped:
    """Ask who it is. Books that lie there wait for the answer."""
    return ask_about(session, event, around)


def ask_about(session: Session, event: CardShown, around: Surroundings) -> Stepped:
    """Nobody is asked where the journal has no room for another session: books are taken back, and no more.

    Nor at an idle desk whose room is closing: what runs is finished, and nothing begins.
    """
    if not around.rule.station.lending:
        return _refuse_card(session, JOURNAL_FULL, around)
    closing = around.rule.closes_desk() if session.phase is Phase.IDLE else None
    if closing is not None:
        return _refuse_card(session, closing, around)
    ask = session.ask + 2
    asked = replace(
        session,
        phase=Phase.IDENTIFYING,
        card=event.number,
        scanned=event.medium in codes.SCANNED,
        card_ask=ask,
        ask=ask,
        notice=None,
        end_at_ms=around.idle_end_ms(),
    )
    by: Medium = "id_card" if event.medium == ID_CARD else "card"
    return asked, (AskReader(ask, event.number, "desk", by),)


def second_card(session: Session, event: CardShown, around: Surroundings) -> Stepped:
    """The reader's own card again asks for more time; somebody else's ends this session for theirs.

    A code may be a book's: the ILS is asked first. Of two cards that come at once the second is nobody's wish.
    """
    if session.reader and event.number in {session.reader.card, session.reader.shown}:
        return replace(session, end_at_ms=around.idle_end_ms()), ()
    if event.medium in codes.SCANNED:
        return codes.look_up(replace(session, end_at_ms=around.idle_end_ms()), event)
    if around.mono_ms - session.opened_ms < AT_ONCE_MS:
        return _notify(session, TWO_CARDS, around)
    return replace(session, phase=Phase.ENDING, why="done", next_card=event), ()


def beside(session: Session, event: CardShown, around: Surroundings) -> Stepped:
    """Another card while the first is being asked about lies in the same wallet. A code may be a book's."""
    if event.number == session.card or session.notice or event.medium in codes.SCANNED:
        return session, ()
    return _notify(session, TWO_CARDS, around)


def card_taken(session: Session, _event: CardTaken, _around: Surroundings) -> Stepped:
    """The card lay on the reader for the visit, and is taken off: the visit ends when the last answer is in."""
    return replace(session, phase=Phase.ENDING, why="done"), ()


def never_mind(session: Session, _event: CardTaken, around: Surroundings) -> Stepped:
    """It was taken off before the ILS had answered: whoever it was goes."""
    session = replace(session, phase=Phase.OPEN, card="", card_ask=0)
    return books.begin_waiting(session, around)


def queue_card(session: Session, event: CardShown, _around: Surroundings) -> Stepped:
    """The next reader is early; asked about when the last answer is in."""
    return replace(session, next_card=event), ()


def not_queued(session: Session, event: CardTaken, _around: Surroundings) -> Stepped:
    """The next reader has not waited; or it is the card of the one who goes."""
    gone = session.next_card is not None and session.next_card.device == event.device
    return (replace(session, next_card=None) if gone else session), ()


def shown_in_vain(session: Session, event: ShownInVain, around: Surroundings) -> Stepped:
    """A notice for whoever stands there; nobody is asked, and a session that runs goes on."""
    return _notify(session, event.fault, around)


def _notify(session: Session, fault: int, around: Surroundings) -> Stepped:
    until = around.mono_ms + int(around.desk.notice_s * 1000)
    return replace(session, notice=Notice(fault, until)), (Record(facts.ReaderRefused(fault)),)


def welcome(session: Session, event: ReaderAnswered, around: Surroundings) -> Stepped:
    """A known reader: lend what waits on the pad. An unknown one, or one who is denied here: say why."""
    if event.ask != session.card_ask:
        return session, ()
    if event.reader is None and event.fault == codes.CARD_UNKNOWN and session.scanned:
        shown = CardShown("", session.card, "barcode")
        session, asked = codes.look_up(replace(session, phase=Phase.OPEN, card=""), shown)
        session, effects = books.begin_waiting(session, around)
        return session, asked + effects
    if event.reader is None:
        return _refuse_card(session, event.fault or CANNOT_CHECK_CARD, around)
    if around.rule.lists.denies_reader(session.card, event.reader.card):
        return _refuse_card(session, CARD_BLOCKED, around)
    return _greet(session, event.reader, "ils", around)


def unanswered(session: Session, event: IlsSilent, around: Surroundings) -> Stepped:
    """Silence about a card: the kiosk may know the reader itself. Silence about a book is the book's matter."""
    if event.txn or event.ask != session.card_ask or not session.card:
        return books.silent(session, event, around)
    if session.phase is Phase.OUT_OF_ORDER:
        return replace(session, card=""), ()
    vouched = around.rule.vouch(session.card, "desk")
    if vouched.reader is None:
        return _refuse_card(session, vouched.fault or CANNOT_CHECK_CARD, around)
    return _greet(session, vouched.reader, vouched.by, around)


def _greet(session: Session, reader: Reader, by: facts.DecidedBy, around: Surroundings) -> Stepped:
    session = replace(
        session,
        phase=Phase.IDENTIFIED,
        reader=reader,
        card="",
        opened_ms=around.mono_ms,
        end_at_ms=around.idle_end_ms(),
    )
    opened = Record(facts.SessionOpened(reader.pseudonym, facts.clip(reader.type, 64), by))
    session, effects = books.begin_waiting(session, around)
    return session, (opened, *effects)


def turn_away(session: Session, event: ReaderAnswered, _around: Surroundings) -> Stepped:
    """The machine went out of order while the ILS was thinking."""
    return (replace(session, card="") if event.ask == session.card_ask else session), ()


def _refuse_card(session: Session, fault: int, around: Surroundings) -> Stepped:
    until = around.mono_ms + int(around.desk.notice_s * 1000)
    session = replace(session, phase=Phase.OPEN, card="", notice=Notice(fault, until))
    session, effects = books.begin_waiting(session, around)
    return session, (Record(facts.ReaderRefused(fault)), *effects)


def unbar(session: Session, event: PaymentAnswered, around: Surroundings) -> Stepped:
    """What barred the reader is paid: books that were refused for it and still lie there are asked for again."""
    reader = session.reader
    if event.fault is not None or reader is None or reader.bar is None or event.card != reader.card:
        return session, ()
    session = replace(session, reader=replace(reader, bar=None, borrows=True))
    effects: Effects = ()
    for line in session.lines:
        if line.step is Step.REFUSED and line.fault == reader.bar and line.present():
            session, more = books.begin(session, line, around)
            effects += more
    return session, effects


# ---------------------------------------------------------------- people and time
def touch(session: Session, event: Touched, around: Surroundings) -> Stepped:
    """Done, more time, or away with the notice."""
    if event.action in {"done", "print"}:
        return replace(session, phase=Phase.ENDING, why="done"), ()
    notice = None if event.action == "dismiss" else session.notice
    return replace(session, notice=notice, end_at_ms=around.idle_end_ms()), ()


def typed(session: Session, _event: Typed, around: Surroundings) -> Stepped:
    """Whoever types stands there; what is typed is an errand's matter (`kiosk.errands`)."""
    return replace(session, end_at_ms=around.idle_end_ms()), ()


def dismiss(session: Session, _event: Touched, _around: Surroundings) -> Stepped:
    return replace(session, notice=None), ()


def tick(session: Session, _event: Ticked, around: Surroundings) -> Stepped:
    """Take down an old notice; end a session that nothing has happened to; serve when the pad has settled."""
    if session.notice and around.mono_ms >= session.notice.until_ms:
        session = replace(session, notice=None)
    if _settled(session, around):
        return _serve(session, around)
    if session.why or session.end_at_ms is None or around.mono_ms < session.end_at_ms:
        return session, ()
    if session.phase is Phase.OUT_OF_ORDER:
        return replace(session, why="broken"), ()
    return replace(session, phase=Phase.ENDING, why="idle"), ()


def stop(session: Session, _event: StopAsked, around: Surroundings) -> Stepped:
    """The program ends: what is in flight stays an intent in the journal and is settled at the next start."""
    return _emptied(session), _farewell(session, "stopped", around)


# ---------------------------------------------------------------- the station
def pad_back(session: Session, _event: DeviceBack, around: Surroundings) -> Stepped:
    """The pad came up. The first time: what lies on it now was left there, by whom nobody knows.

    Later: write what could not be written while it was away.
    """
    if not session.quiet_until_ms:
        return replace(session, quiet_until_ms=around.mono_ms + PAD_SETTLES_MS), ()
    effects: Effects = ()
    for line in session.lines:
        if line.step in tags.DONE:
            line, more = tags.write(line)  # noqa: PLW2901 - the same line, one step on
            session, effects = session.keep(line), effects + more
    return session, effects


def pad_settled(session: Session, _event: PadSettled, around: Surroundings) -> Stepped:
    """All that lay there has been told: no need to wait any longer."""
    session = replace(session, quiet_until_ms=min(session.quiet_until_ms, around.mono_ms))
    return _serve(session, around) if _settled(session, around) else (session, ())


def suspend(session: Session, event: ServingChanged, _around: Surroundings) -> Stepped:
    """Out of order: answers that are owed are still taken, nothing new is."""
    if event.serving:
        return session, ()
    return replace(session, phase=Phase.OUT_OF_ORDER, serving=False), ()


def resume(session: Session, event: ServingChanged, around: Surroundings) -> Stepped:
    """Back to where it was, as soon as the pad has told what lies there. Lost before, it tells all of it again."""
    session = replace(session, serving=event.serving)
    if not event.serving and around.mono_ms < session.quiet_until_ms:
        session = replace(session, quiet_until_ms=0)
    return _serve(session, around) if _settled(session, around) else (session, ())


def _settled(session: Session, around: Surroundings) -> bool:
    out = session.phase is Phase.OUT_OF_ORDER
    return out and session.serving and around.mono_ms >= session.quiet_until_ms


def _serve(session: Session, around: Surroundings) -> Stepped:
    """The reader may still stand there."""
    if session.why:
        return replace(session, phase=Phase.ENDING), ()
    if session.reader:
        session = replace(session, phase=Phase.IDENTIFIED, end_at_ms=around.idle_end_ms())
        return books.begin_waiting(session, around)
    if session.card:
        return replace(session, phase=Phase.IDENTIFYING), ()
    return books.begin_waiting(replace(session, phase=Phase.OPEN, end_at_ms=around.idle_end_ms()), around)


# ---------------------------------------------------------------- the end
def conclude(session: Session, effects: Effects, around: Surroundings) -> Stepped:
    """What follows from any move: an ending session closes when it is at rest, an empty desk is idle."""
    if not session.lines and session.phase is Phase.OPEN:
        return replace(session, phase=Phase.IDLE, end_at_ms=None), effects
    if not session.why or not all(_at_rest(line) for line in session.lines):
        return session, effects
    closed = _emptied(session)
    effects += _farewell(session, session.why, around)
    if session.next_card and closed.phase is Phase.IDLE:
        asked, more = ask_about(closed, session.next_card, around)
        return conclude(asked, effects + more, around)
    return closed, effects


def deadline_ms(session: Session, now: Now, desk: config.Desk) -> int | None:
    """When time itself will next change the session or its screen (monotonic); None: never."""
    moments = [session.notice.until_ms] if session.notice else []
    if session.serving and session.phase is Phase.OUT_OF_ORDER:
        moments.append(session.quiet_until_ms)
    if session.end_at_ms is not None and not session.why:
        warning = session.end_at_ms - int(desk.warn_s * 1000)
        moments.append(warning if warning > now.mono_ms else session.end_at_ms)
    if not moments or session.phase is Phase.IDENTIFYING:  # its end is an answer, or the silence about it
        return None
    return min(moments)


def _at_rest(line: Line) -> bool:
    return line.step not in IN_FLIGHT and not any(tag.writing for tag in line.tags)


def _farewell(
    session: Session, why: Literal["done", "idle", "broken", "stopped"], around: Surroundings
) -> Effects:
    """The facts with which a session ends: tags that stayed as they were, then its sums."""
    effects = tags.unfinished(session)
    if session.reader is None:
        return effects
    seconds = (around.mono_ms - session.opened_ms) // 1000
    sums = facts.SessionClosed(why, session.loans, session.returns, session.refusals, seconds)
    return (*effects, Record(sums))


def _emptied(session: Session) -> Session:
    """The desk for the next reader: nothing of the last one but the tags that still lie there."""
    left = {tag.uid for line in session.lines for tag in line.tags if tag.present}
    return Session(
        phase=Phase.OUT_OF_ORDER if session.phase is Phase.OUT_OF_ORDER else Phase.IDLE,
        stale=session.stale | left,
        quiet_until_ms=session.quiet_until_ms,
        serving=session.serving,
        run=session.run,
        ask=session.ask,
        notice=session.notice,
    )
