"""What one event does to a registration. Pure functions; each is a cell of `kiosk.registering.table`."""

from __future__ import annotations

import re

from msgspec.structs import replace

from drivers.events import ID_CARD, CardShown, IdCard, IdCardShown
from kiosk.events import IlsSilent, ReaderAnswered, ShownInVain, Ticked, Touched, Typed
from kiosk.register_effects import AskBearer
from kiosk.register_events import BearerAnswered
from kiosk.registering import entering
from kiosk.registering.state import Phase, Registering, Slip, age
from kiosk.registering.surroundings import READING, SignIn, Stepped, Surroundings
from kiosk.session.state import Phase as SessionPhase
from wire.faults import number
from wire.pins import is_weak

CARD_UNKNOWN = number("card_unknown")
GUARDIAN_UNFIT = number("guardian_unfit")
GUARDIAN_UNKNOWN = number("guardian_unknown")
ID_CARD_EXPIRED = number("id_card_expired")
REGISTER_NOT_NOW = number("register_not_now")
REGISTER_UNCLEAR = number("register_unclear")
OF_AGE = 18
"""A guardian is of age (Civil Code of the PRC, article 17)."""
PHONE = re.compile(r"1\d{10}|0\d{9,11}", re.ASCII)
"""A mobile telephone's number, or a fixed one with its area code."""


# ---------------------------------------------------------------- who it is
def begin(now: Registering, _event: Touched, around: Surroundings) -> Stepped:
    """Somebody wants to register. Where that cannot be, they are told before they type anything."""
    if not around.free():
        return now, ()
    closing = around.rule.closes_desk()
    if closing is not None:
        return fail(now, closing, around)
    if not around.possible():
        return fail(now, REGISTER_NOT_NOW, around)
    return replace(entering.emptied(now), phase=Phase.AWAITING, end_at_ms=around.idle_end_ms()), ()


def watch(now: Registering, event: IdCardShown, around: Surroundings) -> Stepped:
    """An identity card while nobody is signed in: the session asks who it is, and it may be nobody's."""
    asked = around.session.phase is SessionPhase.IDENTIFYING and around.session.card == event.card.number
    return (_shown(now, event, around) if asked else now), ()


def _shown(now: Registering, event: IdCardShown, around: Surroundings) -> Registering:
    """The session is asking, or about to ask, about this card."""
    now = entering.emptied(now)
    if not around.possible():
        return now
    end_ms = around.idle_end_ms()
    return replace(now, phase=Phase.SHOWN, device=event.device, bearer=event.card, end_at_ms=end_ms)


def offer(now: Registering, event: ReaderAnswered, around: Surroundings) -> Stepped:
    """Nobody bears the card that was shown: they may become a reader. Anybody else is the session's matter."""
    if event.ask != around.session.card_ask:
        return now, ()
    if event.fault != CARD_UNKNOWN or not around.possible():
        return entering.emptied(now), ()
    return replace(now, phase=Phase.OFFERED, end_at_ms=around.idle_end_ms()), ()


def unseen(now: Registering, event: IlsSilent, around: Surroundings) -> Stepped:
    """The ILS is silent about the card that was shown."""
    asked = event.ask == around.session.card_ask and not event.txn
    return (entering.emptied(now) if asked else now), ()


def overtaken(now: Registering, _event: CardShown, _around: Surroundings) -> Stepped:
    """Another card came before it was known whose the first is."""
    return entering.emptied(now), ()


def accept_offer(now: Registering, _event: Touched, around: Surroundings) -> Stepped:
    """They want to: with the card that was shown."""
    assert now.bearer is not None, "offered to somebody"
    return _admit(now, now.bearer, around)


def identify(now: Registering, event: IdCardShown, around: Surroundings) -> Stepped:
    """Their card is laid down: is it a reader's already?"""
    if _is_out_of_date(event.card, around):
        return fail(now, ID_CARD_EXPIRED, around)
    return _ask_about(replace(now, device=event.device, bearer=event.card), event.card)


def vouch(now: Registering, event: IdCardShown, around: Surroundings) -> Stepped:
    """The guardian's card is laid down: somebody else, of age, and a reader."""
    card, bearer = event.card, now.bearer
    assert bearer is not None, "the child's card came first"
    if _is_out_of_date(card, around):
        return _hint(now, ID_CARD_EXPIRED, around)
    if card.number == bearer.number or age(card.born, around.today) < OF_AGE:
        return _hint(now, GUARDIAN_UNFIT, around)
    return _ask_about(replace(now, guardian=card), card)


def _ask_about(now: Registering, card: IdCard) -> Stepped:
    now = entering.numbered(now)
    asked = replace(now, phase=Phase.LOOKING_UP, fault=None, end_at_ms=None)
    return asked, (AskBearer(now.txn, card.number),)


def found(now: Registering, event: BearerAnswered, around: Surroundings) -> Stepped:
    """What the ILS says of the card: the guardian's, where the child's came before it."""
    assert now.bearer is not None, "asked about somebody"
    if event.txn != now.txn:
        return now, ()
    if event.fault is not None:
        return fail(now, event.fault, around)
    if now.guardian is not None:
        if not event.card:
            return _hint(replace(now, guardian=None), GUARDIAN_UNKNOWN, around)
        return _to_terms(replace(now, guardian_card=event.card), around)
    if event.card:
        return entering.known(now, around), ()
    return _admit(now, now.bearer, around)


def not_found_out(now: Registering, event: IlsSilent, around: Surroundings) -> Stepped:
    """Nothing was sent that could have made a reader: they come back another time."""
    return fail(now, REGISTER_NOT_NOW, around) if event.txn == now.txn else (now, ())


def _admit(now: Registering, bearer: IdCard, around: Surroundings) -> Stepped:
    """Nobody's card: theirs to register with, alone or with a guardian."""
    if _is_out_of_date(bearer, around):
        return fail(now, ID_CARD_EXPIRED, around)
    if around.is_owed(bearer.number):
        return fail(now, REGISTER_UNCLEAR, around)
    if around.is_child(bearer.born):
        return replace(now, phase=Phase.GUARDIAN, end_at_ms=around.idle_end_ms()), ()
    return _to_terms(now, around)


def _to_terms(now: Registering, around: Surroundings) -> Stepped:
    return replace(now, phase=Phase.TERMS, fault=None, end_at_ms=around.idle_end_ms(READING)), ()


def _is_out_of_date(card: IdCard, around: Surroundings) -> bool:
    return card.valid_until is not None and card.valid_until < around.today


def unreadable(now: Registering, event: ShownInVain, around: Surroundings) -> Stepped:
    """It could not be read: the page says why, and it is laid down again."""
    return _hint(now, event.fault, around)


def _hint(now: Registering, fault: int, around: Surroundings) -> Stepped:
    """Another card is wanted, and why."""
    phase = Phase.GUARDIAN if now.bearer else Phase.AWAITING
    return replace(now, phase=phase, fault=fault, end_at_ms=around.idle_end_ms()), ()


# ---------------------------------------------------------------- what they say
def agree(now: Registering, _event: Touched, around: Surroundings) -> Stepped:
    """The terms are accepted; which ones, goes along with the registration."""
    return _turn(now, Phase.PHONE, around)


def take_phone(now: Registering, event: Typed, around: Surroundings) -> Stepped:
    if not PHONE.fullmatch(event.text):
        return _turn(now, Phase.PHONE, around, Slip.PHONE)
    return _turn(replace(now, phone=event.text), Phase.PIN, around)


def take_pin(now: Registering, event: Typed, around: Surroundings) -> Stepped:
    assert now.bearer is not None, "whose PIN it is"
    if is_weak(event.text, now.bearer.born):
        return _turn(now, Phase.PIN, around, Slip.WEAK)
    return _turn(replace(now, pin=event.text), Phase.PIN_AGAIN, around)


def take_pin_again(now: Registering, event: Typed, around: Surroundings) -> Stepped:
    if event.text != now.pin:
        return _turn(replace(now, pin=""), Phase.PIN, around, Slip.DIFFERENT)
    if not around.possible():
        return fail(now, REGISTER_NOT_NOW, around)
    return entering.enter(now, around)


def typed(now: Registering, event: Typed, around: Surroundings) -> Stepped:
    """A telephone number or a PIN, whichever is asked for; what was meant for another page is dropped."""
    take = {
        (Phase.PHONE, "phone"): take_phone,
        (Phase.PIN, "pin"): take_pin,
        (Phase.PIN_AGAIN, "pin"): take_pin_again,
    }.get((now.phase, event.purpose))
    return take(now, event, around) if take else (now, ())


BEFORE = {Phase.PHONE: Phase.TERMS, Phase.PIN: Phase.PHONE, Phase.PIN_AGAIN: Phase.PIN}


def back(now: Registering, _event: Touched, around: Surroundings) -> Stepped:
    """One page back; a PIN is typed anew."""
    return _turn(replace(now, pin=""), BEFORE[now.phase], around)


def _turn(now: Registering, phase: Phase, around: Surroundings, slip: Slip | None = None) -> Stepped:
    end_ms = around.idle_end_ms(READING if phase is Phase.TERMS else 1)
    return replace(now, phase=phase, slip=slip, end_at_ms=end_ms), ()


# ---------------------------------------------------------------- the end
def fail(now: Registering, fault: int, around: Surroundings) -> Stepped:
    """Say why not; nothing of anybody is kept for that."""
    return entering.failed(now, fault, around)


def more_time(now: Registering, _event: Touched, around: Surroundings) -> Stepped:
    """They are still there."""
    return replace(now, end_at_ms=around.idle_end_ms(READING if now.phase is Phase.TERMS else 1)), ()


def leave(now: Registering, _event: object, _around: Surroundings) -> Stepped:
    """Of who registers nothing stays."""
    return entering.emptied(now), ()


def give_up(now: Registering, _event: Touched, around: Surroundings) -> Stepped:
    """They do not wait for what will be found out."""
    return fail(now, REGISTER_UNCLEAR, around)


def sign_in(now: Registering, _event: object, _around: Surroundings) -> Stepped:
    """They are a reader: the session takes over, by their identity card."""
    assert now.bearer is not None, "who was found or registered"
    return entering.emptied(now), (SignIn(CardShown(now.device, now.bearer.number, ID_CARD)),)


def other_card(now: Registering, event: CardShown, _around: Surroundings) -> Stepped:
    """A reader's card: the desk is theirs, as it is from one session to the next."""
    return entering.emptied(now), (SignIn(event),)


def other_id_card(now: Registering, event: IdCardShown, around: Surroundings) -> Stepped:
    """Their own card again asks for more time; somebody else's has the desk."""
    own = {card.number for card in (now.bearer, now.guardian) if card}
    if event.card.number in own:
        return replace(now, end_at_ms=around.idle_end_ms() if now.end_at_ms else None), ()
    return _shown(now, event, around), (SignIn(CardShown(event.device, event.card.number, ID_CARD)),)


def own_card_signs_in(now: Registering, event: IdCardShown, around: Surroundings) -> Stepped:
    """Who is a reader lays the card down again: they want to borrow."""
    if now.bearer and event.card.number == now.bearer.number:
        return sign_in(now, event, around)
    return other_id_card(now, event, around)


def tick(now: Registering, event: Ticked, around: Surroundings) -> Stepped:
    """Nothing has happened for too long."""
    if now.end_at_ms is None or around.mono_ms < now.end_at_ms:
        return now, ()
    if now.phase is Phase.KNOWN:
        return sign_in(now, event, around)
    if now.phase is Phase.UNSURE:
        return fail(now, REGISTER_UNCLEAR, around)
    return leave(now, event, around)


def deadline_ms(now: Registering, mono_ms: int, warn_ms: int) -> int | None:
    """When time itself will next change the registration or its page (monotonic); None: never."""
    if now.end_at_ms is None:
        return None
    warning = now.end_at_ms - warn_ms
    return warning if warning > mono_ms else now.end_at_ms
