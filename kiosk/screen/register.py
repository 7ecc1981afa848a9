"""The pages on which somebody becomes a reader, in the place of the desk's. Pure.

Fire and a desk out of order are the desk's to say. Of an identity card the first character of the name and the last
four of the number are shown. Books that are returned meanwhile are counted beside the title.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from kiosk.events import Action
from kiosk.receipt import RETURNED, masked
from kiosk.registering.state import Phase, Registering, Slip
from kiosk.screen.page import (
    Button,
    Chip,
    Countdown,
    Cue,
    Icon,
    Keypad,
    Layout,
    Leaf,
    Page,
    Steps,
    Tone,
)
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.session.state import Phase as SessionPhase
from kiosk.snapshot import Snapshot
from wire import pins
from wire.faults import fault, number

PIN_WEAK = number("pin_weak")
PHONE_DIGITS = 12
"""Of the longest number with an area code."""
STEPS: dict[Phase, int] = {
    Phase.AWAITING: 0,
    Phase.LOOKING_UP: 0,
    Phase.GUARDIAN: 0,
    Phase.TERMS: 1,
    Phase.PHONE: 2,
    Phase.PIN: 3,
    Phase.PIN_AGAIN: 3,
    Phase.ENTERING: 4,
    Phase.UNSURE: 4,
    Phase.DONE: 4,
}
"""How far along each page is; the others are beside the way."""
TOLD = frozenset({Phase.OFFERED, Phase.DONE, Phase.FAILED})
"""Who leaves these cancels nothing."""
UNTIMED = frozenset({Phase.KNOWN, Phase.UNSURE})
"""What ends them is not the silence of who stands there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page is chosen from."""

    now: Registering
    texts: Texts
    settings: Settings

    def fault(self) -> str:
        """Why, in the catalogue's words; empty where there is nothing to say."""
        return fault(self.now.fault).reader.of(self.texts.code) if self.now.fault else ""


@dataclass(frozen=True, slots=True)
class Lead:
    """What a page says, and what can be touched."""

    tone: Tone
    icon: Icon
    heading: str
    advice: str
    buttons: tuple[tuple[Action, str], ...] = ()
    """The first is the main one."""
    layout: Layout = "register"
    keypad: Keypad | None = None


# ---------------------------------------------------------------- one lead a phase
def _offered(seen: Seen) -> Lead:
    words = seen.texts.register
    buttons: tuple[tuple[Action, str], ...] = (("register", words.yes), ("done", words.no))
    return Lead("calm", "card", words.offered, words.offered_advice, buttons)


def _awaiting(seen: Seen) -> Lead:
    words, why = seen.texts.register, seen.fault()
    return Lead(
        "warn" if why else "calm",
        "card",
        words.lay_down,
        why or words.lay_down_advice,
        (("done", words.cancel),),
    )


def _looking_up(seen: Seen) -> Lead:
    words = seen.texts.register
    return Lead("busy", "work", words.looking_up, words.looking_up_advice, (("done", words.cancel),))


def _guardian(seen: Seen) -> Lead:
    words, why = seen.texts.register, seen.fault()
    wanted = seen.settings.registration
    years = wanted.guardian_below if wanted else 0
    advice = why or words.guardian_advice.format(years=years)
    return Lead("warn" if why else "calm", "card", words.guardian, advice, (("done", words.cancel),))


def _terms(seen: Seen) -> Lead:
    words = seen.texts.register
    heading, advice = words.terms, words.terms_advice
    if seen.now.guardian:
        heading, advice = words.terms_guardian, words.terms_guardian_advice
    return Lead("calm", "book", heading, advice, (("agree", words.agree), ("done", words.disagree)))


def _phone(seen: Seen) -> Lead:
    words = seen.texts.register
    wrong = seen.now.slip is Slip.PHONE
    pad = _pad(seen, words.phone_label, hidden=False)
    advice = words.phone_wrong if wrong else words.phone_advice
    return _typing(seen, ("warn" if wrong else "calm", "phone"), words.phone, advice, pad)


def _pin(seen: Seen) -> Lead:
    words, slip = seen.texts.register, seen.now.slip
    told = {
        Slip.WEAK: fault(PIN_WEAK).reader.of(seen.texts.code),
        Slip.DIFFERENT: words.pin_differs,
    }
    advice = told.get(slip, words.pin_advice) if slip else words.pin_advice
    return _typing(seen, ("warn" if slip else "calm", "lock"), words.pin, advice, _pad(seen, words.pin_label))


def _pin_again(seen: Seen) -> Lead:
    words = seen.texts.register
    pad = _pad(seen, words.pin_again_label)
    return _typing(seen, ("calm", "lock"), words.pin_again, words.pin_again_advice, pad)


def _entering(seen: Seen) -> Lead:
    words = seen.texts.register
    return Lead("busy", "work", words.entering, words.entering_advice)


def _unsure(seen: Seen) -> Lead:
    words = seen.texts.register
    return Lead("busy", "work", words.unsure, words.unsure_advice, (("done", words.leave),))


def _known(seen: Seen) -> Lead:
    words = seen.texts.register
    return Lead(
        "good", "check", words.known, words.known_advice, (("go_on", words.go_on), ("done", words.finish))
    )


def _done(seen: Seen) -> Lead:
    words = seen.texts.register
    return Lead(
        "good", "check", words.done, words.done_advice, (("go_on", words.go_on), ("done", words.finish))
    )


def _failed(seen: Seen) -> Lead:
    words = seen.texts.register
    return Lead(
        "warn", "look", words.failed, seen.fault(), (("done", words.finish), ("register", words.again))
    )


LEADS: dict[Phase, Callable[[Seen], Lead]] = {
    Phase.OFFERED: _offered,
    Phase.AWAITING: _awaiting,
    Phase.LOOKING_UP: _looking_up,
    Phase.GUARDIAN: _guardian,
    Phase.TERMS: _terms,
    Phase.PHONE: _phone,
    Phase.PIN: _pin,
    Phase.PIN_AGAIN: _pin_again,
    Phase.ENTERING: _entering,
    Phase.UNSURE: _unsure,
    Phase.KNOWN: _known,
    Phase.DONE: _done,
    Phase.FAILED: _failed,
}


def _typing(seen: Seen, look: tuple[Tone, Icon], heading: str, advice: str, pad: Keypad) -> Lead:
    words = seen.texts.register
    buttons: tuple[tuple[Action, str], ...] = (("back", words.back), ("done", words.cancel))
    return Lead(*look, heading, advice, buttons, "keypad", pad)


def _pad(seen: Seen, label: str, *, hidden: bool = True) -> Keypad:
    words = seen.texts
    return Keypad(
        "pin" if hidden else "phone",
        label,
        words.register.next,
        words.pin.delete,
        words.pin.clear,
        pins.LENGTH if hidden else PHONE_DIGITS,
        hidden,
    )


# ---------------------------------------------------------------- the page
def registering(page: Page, snapshot: Snapshot, texts: Texts, settings: Settings) -> Page:
    """The page of the desk, or the registration's in its place; an idle desk offers one."""
    now = snapshot.registering
    if now is None or page.scene == "fire" or _is_out(snapshot):
        return page
    if not now.has_desk:
        return replace(page, registers=page.layout == "welcome" and possible(snapshot))
    lead = LEADS[now.phase](Seen(now, texts, settings))
    countdown = _countdown(snapshot, now, settings)
    words = texts.register
    leaves = words.finish if now.phase in TOLD else words.cancel
    buttons = tuple(
        Button(action, said, main=not place and lead.keypad is None)
        for place, (action, said) in enumerate(lead.buttons)
    )
    if countdown:
        buttons = (Button("more_time", texts.visit.more_time, main=True), Button("done", leaves))
    return replace(
        page,
        scene=now.phase.value,
        layout=lead.layout,
        tone="warn" if countdown else lead.tone,
        icon="clock" if countdown else lead.icon,
        heading=texts.visit.still_there if countdown else lead.heading,
        advice=words.still_there_advice if countdown else lead.advice,
        code=texts.shell.code.format(code=now.fault) if now.fault and not countdown else "",
        tallies=(),
        rows=(),
        notice=None,
        keypad=lead.keypad,
        steps=_steps(now, texts),
        leaf=_leaf(texts, settings) if now.phase is Phase.TERMS else None,
        countdown=countdown,
        buttons=buttons,
        chip=_returned(snapshot, texts),
        catalogue=False,
        cue=_cue(now, lead, countdown),
    )


def possible(snapshot: Snapshot) -> bool:
    """An idle desk may be asked: the library system is there and takes registrations."""
    return snapshot.ils_up and "81" in snapshot.takes


def _is_out(snapshot: Snapshot) -> bool:
    return snapshot.session is None or snapshot.session.phase is SessionPhase.OUT_OF_ORDER


def _steps(now: Registering, texts: Texts) -> Steps | None:
    """The way, and whose it is."""
    words, at = texts.register, STEPS.get(now.phase)
    if at is None:
        return None
    names = (words.step_card, words.step_terms, words.step_phone, words.step_pin)
    said = words.step_of.format(at=min(at + 1, len(names)), all=len(names))
    card = now.bearer
    who = words.who.format(name=masked(card.name), last4=card.number[-4:]) if card else ""
    return Steps(names, at, said, who)


def _leaf(texts: Texts, settings: Settings) -> Leaf | None:
    """The branch's terms, in this language or its first."""
    wanted = settings.registration
    if wanted is None:
        return None
    terms = {str(language): text for language, text in wanted.terms.items()}
    language = texts.code if texts.code in terms else settings.language
    paragraphs = (part.strip() for part in terms[language].split("\n\n"))
    return Leaf(tuple(part for part in paragraphs if part), language)


def _countdown(snapshot: Snapshot, now: Registering, settings: Settings) -> Countdown | None:
    wanted = settings.registration
    if wanted is None or now.end_at_ms is None or now.phase in UNTIMED:
        return None
    warn_ms = int(wanted.warn_s * 1000) * snapshot.eases.desk.pace
    return Countdown(now.end_at_ms, warn_ms) if snapshot.now.mono_ms >= now.end_at_ms - warn_ms else None


def _returned(snapshot: Snapshot, texts: Texts) -> Chip | None:
    """Books that came back while nobody looked at them."""
    lines = snapshot.session.lines if snapshot.session else ()
    count = sum(line.step in RETURNED for line in lines)
    return Chip(f"{count} {texts.visit.returned.of(count)}", "return", "good") if count else None


def _cue(now: Registering, lead: Lead, countdown: Countdown | None) -> Cue:
    """Good: who is a reader now. Attention: a card, a slip or a clock to look at."""
    attention = (lead.tone == "warn") + (countdown.end_at_ms if countdown else 0)
    return Cue(int(now.phase in {Phase.DONE, Phase.KNOWN}), attention)
