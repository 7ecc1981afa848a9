"""How a board's relays and inputs make a door. The wiring that all of it assumes:

    supply + ── fire contact ── exit button ── release relay (NC) ── heartbeat relay (NO) ── lock ── supply -

so that the lock has power only while there is no fire, nobody leaves, nobody is let in and the controller
lives. The contacts cut the power themselves; the board's inputs only see them. The fire contact is the aux
contact of a relay that latches until somebody resets it by hand.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from drivers.counter.modbus.settings import Tally
from drivers.errors import Misuse
from drivers.modbus.points import Contact, Span, spans
from drivers.modbus.relays import Relay
from drivers.modbus.settings import ModbusSettings

MISSED_BEATS = 3
"""Beats that may get lost before the heartbeat relay drops."""


class Heartbeat(Relay, frozen=True, forbid_unknown_fields=True):
    """A relay that drops when the controller dies, and takes the lock's power with it.

    With a timer: switched on for `hold_ms`, again and again. Without: switched to and fro, for a watchdog
    relay of its own that drops when the changes stop.
    """

    hold_ms: Annotated[int, Meta(ge=500, le=60_000)] = 5000
    """After this silence it drops."""
    every_ms: Annotated[int, Meta(ge=100, le=20_000)] = 1000
    """How often it is refreshed."""


class Openings(Tally, frozen=True, forbid_unknown_fields=True):
    """A counter of the door contact's edges."""

    kind: Literal["u16", "u32"] = "u16"
    """After 16 bits it wraps at 65536; that is counted on."""


class BoardSettings(ModbusSettings, frozen=True, kw_only=True):
    """One door on a board."""

    release: Relay
    """On: the lock is released. On the normally closed contact of a fail-safe lock's supply."""
    open: Contact
    """Door contact: the leaf stands open."""
    exit: Contact
    """Exit button, for as long as it keeps the lock released."""
    fire: Contact
    """Fire contact, latched in hardware."""
    powered: Contact | None = None
    """Senses the supply at the lock itself: the best proof that it was released."""
    bolted: Contact | None = None
    """Bolt or bond contact: the lock holds. Leave it out where the bolt moves only when the leaf is pushed."""
    heartbeat: Heartbeat | None = None
    openings: Openings | None = None
    """A counter of the door contact's edges, kept in the board; left out: nobody counts while the kiosk is off."""
    lock: Literal["fail-safe", "fail-secure"] = "fail-safe"
    """Without power it is released, or it holds."""
    handle: bool = False
    """A handle inside opens a fail-secure lock by hand, without power."""
    untimed: bool = False
    """Must be said where the board cannot end a release by itself."""
    moving_ms: Annotated[int, Meta(ge=1, le=1000)] = 20
    """Pause between looks while anything moves or has just moved."""
    idle_ms: Annotated[int, Meta(ge=1, le=5000)] = 45
    """Pause between looks otherwise: an exit button or a fire contact is seen within 50 ms."""
    proof_ms: Annotated[int, Meta(ge=100, le=2000)] = 500
    """Within this the relay and the contacts must show that an order was carried out."""
    max_release_ms: Annotated[int, Meta(ge=1000, le=3_600_000)] = 600_000
    """The longest release that may be asked for: a delivery takes ten minutes."""

    def contacts(self) -> tuple[Span, ...]:
        """What every look reads."""
        points: tuple[Contact | Openings | None, ...] = (
            self.open, self.exit, self.fire, self.powered, self.bolted, self.openings
        )  # fmt: skip
        return spans(place for each in points if each for place in each.at)

    def relays(self) -> tuple[Span, ...]:
        """What shows whether the board obeys; at rest once a heartbeat is enough."""
        relays: tuple[Relay | None, ...] = (self.release, self.heartbeat)
        return spans(relay.at for relay in relays if relay and relay.read_back)

    def check(self) -> None:
        """Settings that contradict one another, or that no lock may hang on.

        Raises:
            Misuse: says which.
        """
        beat, timer = self.heartbeat, self.release.timer
        rules = {
            "a fail-secure lock needs a mechanical handle inside: handle = true": (
                self.lock == "fail-secure" and not self.handle
            ),
            "the release has no timer: say untimed = true": timer is None and not self.untimed,
            "a board that cannot time a release needs a heartbeat relay": timer is None and beat is None,
            "untimed = true, but the release has a timer": timer is not None and self.untimed,
            "release and heartbeat are the same relay": beat is not None and beat.at == self.release.at,
            "nothing shows whether the lock obeys: read_back, powered or bolted": (
                not self.release.read_back and self.powered is None and self.bolted is None
            ),
            f"hold_ms must last for {MISSED_BEATS} times every_ms": (
                beat is not None and beat.hold_ms < MISSED_BEATS * beat.every_ms
            ),
            "max_release_ms is longer than the board's timer": (
                timer is not None and timer.longest_ms < self.max_release_ms
            ),
            "hold_ms is longer than the heartbeat's timer": (
                beat is not None and beat.timer is not None and beat.timer.longest_ms < beat.hold_ms
            ),
        }
        for wrong, holds in rules.items():
            if holds:
                raise Misuse(wrong)
