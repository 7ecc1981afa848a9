"""The pages on which somebody becomes a reader."""

from __future__ import annotations

from msgspec import Struct

from kiosk.screen.words.base import Words


class Register(Struct, frozen=True, forbid_unknown_fields=True):
    """From the identity card to the first book."""

    offer: Words
    """On the button of the welcome page."""
    step_card: Words
    step_terms: Words
    step_phone: Words
    step_pin: Words
    step_of: Words
    """`{at}`, `{all}`: for a screen reader."""
    who: Words
    """`{name}`: masked; `{last4}` of the identity card."""
    offered: Words
    offered_advice: Words
    yes: Words
    no: Words
    lay_down: Words
    lay_down_advice: Words
    looking_up: Words
    looking_up_advice: Words
    guardian: Words
    guardian_advice: Words
    """`{years}`."""
    terms: Words
    terms_advice: Words
    terms_guardian: Words
    terms_guardian_advice: Words
    agree: Words
    disagree: Words
    phone: Words
    phone_advice: Words
    phone_label: Words
    phone_wrong: Words
    pin: Words
    pin_advice: Words
    pin_label: Words
    pin_again: Words
    pin_again_advice: Words
    pin_again_label: Words
    pin_differs: Words
    next: Words
    back: Words
    cancel: Words
    entering: Words
    entering_advice: Words
    unsure: Words
    unsure_advice: Words
    leave: Words
    """Whoever does not wait for what will be found out."""
    known: Words
    known_advice: Words
    done: Words
    done_advice: Words
    go_on: Words
    """On to borrowing."""
    finish: Words
    failed: Words
    again: Words
    still_there_advice: Words
