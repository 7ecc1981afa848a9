"""What every device says of itself now, and how a browser learns that it changed.

- Memory only: filled from the last stored conditions, then from the retained ones; a restart costs nothing.
- `hear` is called on the MQTT thread and never waits for a browser.
- A condition: the latest wins. Nothing is queued for a browser. It is one number, the version that it
  has, so that a slow one skips what is out of date and costs no memory.
- Versions only grow, across restarts too (they start at the clock's microseconds). All browsers see the
  same beats, at most one each BEAT_S: what is rendered for one is rendered for all.
- A watermark is believed only with central's own signature.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central.clock_ms import now_ms
from central.ingest.journals import UNNAMED
from central.mqtt import Heard
from wire import topics
from wire.condition import Condition, Vitals, decode
from wire.envelope import Malformed
from wire.orders import Watermark
from wire.signing import Forged, unseal

BEAT_S = 0.1
"""A person does not see less; a storm of 1,000 conditions is rendered ten times a second, not 1,000."""
SILENT_MS = 90_000
"""Three vitals missed: connected by the broker's word, but not heard."""
TICK_MS = 5_000
UNHEARD = frozenset({"gone", "never"})
"""States in which nobody waits for vitals."""

FLEET = "fleet"
"""Key that changes with any device."""
LINK = "link"
"""Key of central's own connection to the broker."""
REGISTRY = "registry"
"""Key of the list of devices and branches."""
DEVICE = "device-"
"""Beginning of a device's key."""


def device_key(device: str) -> str:
    """Key of one device's condition and vitals."""
    return f"{DEVICE}{device}"


def device_of(key: str) -> str:
    """The device of a key that `device_key` made; empty for any other."""
    return key.removeprefix(DEVICE) if key.startswith(DEVICE) else ""


def facts_key(device: str) -> str:
    """Key of what one device has committed: facts, and with them answers to orders."""
    return f"facts-{device}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one device now."""

    condition: Condition | None = None
    since_ms: int = 0
    """When its state was first heard."""
    heard_ms: int = 0
    """Last message that was not a retained one, 0 for none."""
    vitals: Vitals | None = None
    watermark: Watermark | None = None
    silent: bool = False

    @property
    def state(self) -> str:
        """Its state; `never` where nothing was ever heard."""
        return self.condition.state if self.condition else "never"


NEVER = Seen()


class Stored(NamedTuple):
    """A condition as the database keeps it."""

    device: str
    condition: Condition
    since_ms: int
    heard_ms: int


class Changes(NamedTuple):
    """What changed after a browser's version, up to and including `version`."""

    version: int
    keys: dict[str, int]
    """Key → the version that changed it."""


def supersedes(new: Condition, old: Condition | None) -> bool:
    """Whether `new` is later than `old`: by session number, and a new journal is a new start.

    A last will (`gone`) of a session or a journal that has ended never hides a newer birth. The same rule
    as the ingest's.
    """
    if old is None:
        return True
    other = UNNAMED not in {new.journal, old.journal} and new.journal != old.journal
    if new.session >= old.session:
        return new.state != "gone" or not other
    return new.state != "gone" and other


class Hub:
    """The latest of every device.

    Args:
        central: public key of central's own signatures.
        now_ms: the wall clock, milliseconds since 1970.
    """

    def __init__(self, central: Ed25519PublicKey, now_ms: Callable[[], int] = now_ms) -> None:
        self._central = central
        self._now_ms = now_ms
        self._learn = {
            topics.CONDITION: self._condition,
            topics.VITALS: self._vitals,
            topics.WATERMARK: self._watermark,
        }
        """Leaf → what it teaches; other leaves teach nothing here."""
        self._connected: Callable[[], bool] = lambda: False
        self._seen: dict[str, Seen] = {}
        self._versions: dict[str, int] = {}
        self._changed = threading.Condition()
        self._version = self._beat = now_ms() * 1000
        self._beat_at = 0.0
        self._started_ms = now_ms()
        self._looked_ms = 0
        self._told_linked = False
        self._closed = False

    # ------------------------------------------------------------ in
    def fill(self, rows: Iterable[Stored]) -> None:
        """Start from what the database last knew; what was heard since stays."""
        with self._changed:
            for row in rows:
                old = self._seen.get(row.device, NEVER)
                if old.condition is None:
                    self._put(
                        row.device,
                        replace(old, condition=row.condition, since_ms=row.since_ms, heard_ms=row.heard_ms),
                    )

    def hear(self, heard: Heard) -> None:
        """One message of a device, or one of central's watermarks. What is not well formed changes nothing."""
        parsed = topics.parse(heard.topic)
        learn = self._learn.get(parsed.leaf) if parsed else None
        if parsed is None or learn is None:
            return
        with self._changed:
            old = self._seen.get(parsed.device, NEVER)
            try:
                new = learn(old, heard)
            except (Malformed, Forged):
                return  # the ingest keeps count of what is refused
            if not heard.retained and parsed.leaf != topics.WATERMARK and new is not old:
                new = replace(new, heard_ms=self._now_ms(), silent=False)
            self._put(parsed.device, new)

    def _condition(self, old: Seen, heard: Heard) -> Seen:
        condition = decode(heard.payload, Condition)
        if not supersedes(condition, old.condition):
            return old
        since_ms = old.since_ms if condition.state == old.state else self._now_ms()
        return replace(old, condition=condition, since_ms=since_ms)

    def _vitals(self, old: Seen, heard: Heard) -> Seen:
        return replace(old, vitals=decode(heard.payload, Vitals))

    def _watermark(self, old: Seen, heard: Heard) -> Seen:
        return replace(old, watermark=unseal(self._central, heard.topic, heard.payload, Watermark))

    def attach(self, connected: Callable[[], bool]) -> None:
        """Look at `connected` from now on to know whether central hears the broker."""
        self._connected = connected

    def touch(self, key: str) -> None:
        """Something that is not in memory here changed: whoever shows it asks for it again."""
        with self._changed:
            self._touch(key)

    def close(self) -> None:
        """End every wait; browsers reconnect when the next process is up."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # ------------------------------------------------------------ out
    @property
    def version(self) -> int:
        """The version of everything that can be read now."""
        with self._changed:
            return self._version

    @property
    def linked(self) -> bool:
        """Whether central hears the broker."""
        return self._connected()

    @property
    def closed(self) -> bool:
        return self._closed

    def seen(self, device: str) -> Seen:
        """What is known of one device."""
        return self._seen.get(device, NEVER)

    def version_of(self, key: str) -> int:
        """The version that last changed a key, 0 for one that never changed."""
        return self._versions.get(key, 0)

    def changes(self, after: int, timeout_s: float) -> Changes | None:
        """Wait until something is newer than `after`; None when time is up or the hub closes."""
        until = time.monotonic() + timeout_s
        with self._changed:
            after = after if after <= self._version else 0
            while not self._closed:
                self._look()
                wait_s = self._advance()
                if keys := self._between(after, self._beat):
                    return Changes(self._beat, keys)
                left_s = until - time.monotonic()
                if left_s <= 0:
                    break
                self._changed.wait(min(wait_s, left_s))
        return None

    # ------------------------------------------------------------ under the lock
    def _advance(self) -> float:
        """Move the beat to the newest version where it is due; seconds until it is worth asking again."""
        if self._version == self._beat:
            return TICK_MS / 1000
        left_s = self._beat_at + BEAT_S - time.monotonic()
        if left_s > 0:
            return left_s
        self._beat, self._beat_at = self._version, time.monotonic()
        return BEAT_S

    def _between(self, after: int, upto: int) -> dict[str, int]:
        newest_first = reversed(self._versions.items())
        newer = takewhile(lambda item: item[1] > after, newest_first)
        return {key: version for key, version in newer if version <= upto}

    def _put(self, device: str, new: Seen) -> None:
        old = self._seen.get(device, NEVER)
        self._seen[device] = new
        if new.watermark != old.watermark:
            self._touch(facts_key(device))
        if _shown(old) != _shown(new):
            self._touch(device_key(device))
            self._touch(FLEET)

    def _touch(self, key: str) -> None:
        self._version += 1
        self._versions.pop(key, None)
        self._versions[key] = self._version
        self._changed.notify_all()

    def _look(self) -> None:
        """Every TICK_MS: is the broker there, has a device fallen silent? Nobody looks, nobody asks."""
        now = self._now_ms()
        if now - self._looked_ms < TICK_MS:
            return
        self._looked_ms = now
        if self._connected() != self._told_linked:
            self._told_linked = not self._told_linked
            self._touch(LINK)
        for device, seen in self._seen.items():
            heard_ms = max(seen.heard_ms, self._started_ms)
            silent = seen.state not in UNHEARD and now - heard_ms > SILENT_MS
            if silent != seen.silent:
                self._put(device, replace(seen, silent=silent))


def _shown(seen: Seen) -> tuple[object, ...]:
    """What a row shows: a message that changes none of it wakes no browser."""
    return (seen.condition, seen.since_ms, seen.silent, seen.vitals and seen.vitals.backlog)
