"""What a reader may do here: what the branch offers, as far as its ILS answers the messages for it."""

from __future__ import annotations

from kiosk.config import Offer

NEEDS: dict[Offer, tuple[frozenset[str], ...]] = {
    "account": (frozenset({"63"}),),
    "renew": (frozenset({"29"}),),
    "renew_all": (frozenset({"65"}), frozenset({"29"})),
    "hold": (frozenset({"15"}),),
    "pay": (frozenset({"37"}),),
    "pin": (frozenset({"81"}), frozenset({"21"})),
    "print": (frozenset(),),
    "scan": (frozenset(),),
    "help": (frozenset(),),
    "survey": (frozenset(),),
}
"""By what is offered: sets of messages, any one of which is enough."""


def offered(wanted: frozenset[Offer], takes: frozenset[str]) -> frozenset[Offer]:
    """Those of `wanted` that the ILS can do."""
    return frozenset(offer for offer in wanted if any(ids <= takes for ids in NEEDS[offer]))
