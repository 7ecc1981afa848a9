"""What stands on a page beside the session: the slip's buttons and code, the goodbye, a call for help. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk import receipt
from kiosk.courtesies.state import Call, Parting, Said
from kiosk.effects import Place
from kiosk.events import Action
from kiosk.receipt import Letterhead
from kiosk.screen.page import Answer, Button, Cue, Face, Help, Page
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.session.state import Phase, Session
from kiosk.snapshot import Snapshot

SERVED = frozenset({Phase.OPEN.value, Phase.IDENTIFIED.value})
"""Scenes on which a slip is offered: nothing more urgent is said there."""


def beside(place: Place, page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """The page with all that stands beside its session."""
    session, parting = snapshot.session, snapshot.courtesies.parting
    if session is not None and page.layout == "welcome" and parting.until_ms is not None:
        page = _goodbye(page, parting, texts, settings)
    elif session is not None and page.layout == "visit" and page.scene in SERVED:
        page = _with_slip(page, session, snapshot, texts, settings)
    call = snapshot.courtesies.call
    here = call if call is not None and call.place == place else None
    strip = _help(here, snapshot, texts, settings) if here else None
    heard = Cue(0, len(here.said) and here.end_at_ms) if here and not _is_answer(here) else Cue()
    cue = Cue(page.cue.good, page.cue.attention + heard.attention)
    return replace(
        page,
        help=strip,
        calls=(call is None or call.over) and "help" in settings.offers,
        slips=() if strip else page.slips,
        cue=cue,
    )


# ---------------------------------------------------------------- slips
def _with_slip(page: Page, session: Session, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """A slip is offered as soon as there is something to write on it; the reader's usual way stands first."""
    paid_fen = snapshot.courtesies.parting.paid_fen
    done = receipt.receipt(session, snapshot.now.wall_ms, receipt.renewed(snapshot.errand), paid_fen)
    if done.empty:
        return page
    words = texts.receipt
    offered: dict[Action, str] = {"print": words.print, "scan": words.scan}
    offered = {action: told for action, told in offered.items() if action in settings.offers}
    if not snapshot.prints:
        offered.pop("print", None)
    if not snapshot.courtesies.parting.scans:
        usual = sorted(offered, key=lambda action: action != snapshot.slip)
        return replace(page, slips=tuple(Button(action, offered[action]) for action in usual))
    head = Letterhead(settings.title, settings.slip_line)
    return replace(
        page,
        scene="scan",
        layout="scan",
        heading=words.scan_heading,
        advice=words.scan_advice,
        qr=receipt.text(done, texts, head),
        buttons=(Button("books", texts.catalogue.back, main=True), Button("done", texts.visit.done)),
        rows=(),
        tallies=(),
        notice=None,
    )


# ---------------------------------------------------------------- the goodbye
def _goodbye(page: Page, parting: Parting, texts: Texts, settings: Settings) -> Page:
    words = texts.goodbye
    told = {"": "", "printing": words.printing, "printed": words.take_slip, "failed": words.not_printed}
    faces = (Face("1", words.bad), Face("2", words.fair), Face("3", words.good))
    asks = "survey" in settings.offers and not parting.judged
    return replace(
        page,
        scene="goodbye",
        layout="goodbye",
        tone="warn" if parting.slip == "failed" else "good",
        icon="check",
        heading=words.thanks if parting.judged else words.heading,
        advice=told[parting.slip] or words.advice,
        faces=faces if asks else (),
        cue=Cue(page.cue.good + (parting.slip == "printed"), page.cue.attention + (parting.slip == "failed")),
    )


# ---------------------------------------------------------------- help
def _help(call: Call, snapshot: Snapshot, texts: Texts, settings: Settings) -> Help:
    """The conversation's last two lines, answers to the desk's, and whom to telephone."""
    words = texts.help
    reached = snapshot.online or bool(call.said)
    last = call.said[-1] if call.said else None
    answers = (
        Answer("yes", words.yes),
        Answer("no", words.no),
        Answer("waiting", words.waiting),
        Answer("solved", words.solved),
    )
    return Help(
        heading=words.ended if call.over else words.called if reached else words.away,
        said=tuple(_line(said, texts) for said in call.said[-2:]),
        phone=words.phone.format(phone=settings.phone) if settings.phone else "",
        answers=answers if last is not None and last.answer is None and not call.over else (),
        end=words.end,
    )


def _line(said: Said, texts: Texts) -> tuple[str, str]:
    """Who said it, and what."""
    words = texts.help
    told = {"": said.text, "yes": words.yes, "no": words.no, "waiting": words.waiting, "solved": words.solved}
    return (words.you if said.answer else words.staff), told[said.answer or ""]


def _is_answer(call: Call) -> bool:
    """The last word is the reader's own: no sound calls them to it."""
    return not call.said or call.said[-1].answer is not None
