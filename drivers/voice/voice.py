"""Chimes and spoken prompts through a sound card.

- A new prompt ends the one that plays and those that wait; each is answered by one `Spoken`, those with `cut`.
- What cannot be said is an error that names prompt and language; silence is never told as success.
- The card is tried with 50 ms of silence at connect, after each failure, and every `check_s`: a card that is away
  is `Gone`, and the driver is run again until it is back.
- A prompt that a missing card could not play is answered `Gone`, not played later.
- `say` never blocks; a sentence that the synthesiser has not read yet keeps the next one waiting at most 5 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as Clock  # noqa: N812 - a time of day
from queue import Empty, SimpleQueue
from threading import Event

from drivers.device import Post
from drivers.errors import DriverError, Gone, Misbehaved
from drivers.events import DeviceBack, Spoken
from drivers.voice.chimes import silence
from drivers.voice.programs import Playing, Speaker
from drivers.voice.sources import Said, Sources
from drivers.voice.wave import Wave

LISTEN_S = 0.25
"""How long it waits for a prompt: bounds how long `run` takes to see `stop`."""
LOOK_S = 0.02
"""How often it looks whether a sound is over."""
CHECK_MS = 50
LATE_S = 5.0
"""A player that takes so much longer than its sound hangs."""

Asked = tuple[str, str, str]
"""A prompt, a language, and words for it."""


@dataclass(frozen=True, slots=True)
class Volume:
    """How loud, in percent of what the recording has."""

    day: int
    night: int
    night_from: Clock
    night_until: Clock

    def at(self, now: Clock) -> float:
        """The factor at a time of day; a night may pass midnight."""
        if self.night_from <= self.night_until:
            is_night = self.night_from <= now < self.night_until
        else:
            is_night = now >= self.night_from or now < self.night_until
        return (self.night if is_night else self.day) / 100


@dataclass(frozen=True, slots=True)
class _Sound:
    """What plays now."""

    prompt: str
    playing: Playing
    ends_by: float
    error: DriverError | None = None


def local_time() -> Clock:
    """The time of day where the machine stands."""
    return datetime.now(UTC).astimezone().time()


class RoomVoice:
    """A `drivers.device.Voice`."""

    def __init__(
        self,
        name: str,
        sources: Sources,
        speaker: Speaker,
        volume: Volume,
        check_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        time_of_day: Callable[[], Clock] = local_time,
    ) -> None:
        self.name = name
        self._sources = sources
        self._speaker = speaker
        self._volume = volume
        self._check_s = check_s
        self._clock = clock
        self._time_of_day = time_of_day
        self._asked: SimpleQueue[Asked] = SimpleQueue()
        self._sound: _Sound | None = None

    def say(self, prompt: str, language: str, words: str = "") -> None:
        """Play a prompt, ending the one that plays; answered by one `Spoken`. From any thread."""
        self._asked.put((prompt, language, words))

    def abandon(self, post: Post) -> None:
        """Answer what was asked for and is not said."""
        while asked := self._next(0):
            post(Spoken(self.name, asked[0], Gone("there is no sound card")))

    def run(self, post: Post, stop: Event) -> None:
        """Say what is asked for until `stop` is set.

        Raises:
            Gone: the player cannot be started, or the card is away.
        """
        self._check()
        post(DeviceBack(self.name, self._speaker.identity))
        checked = self._clock()
        try:
            while not stop.is_set():
                if asked := self._newest(LOOK_S if self._sound else LISTEN_S, post):
                    self._begin(*asked, post)
                elif self._sound:
                    self._look(self._sound, post)
                elif self._check_s and self._clock() - checked >= self._check_s:
                    self._check()
                    checked = self._clock()
        finally:
            if self._sound:
                self._end(post, error=Gone("the voice was stopped"))

    def _next(self, wait_s: float) -> Asked | None:
        try:
            return self._asked.get(wait_s > 0, wait_s)
        except Empty:
            return None

    def _newest(self, wait_s: float, post: Post) -> Asked | None:
        """The last that was asked for: while a sentence was made, or the card tried, several may have been."""
        asked = self._next(wait_s)
        while asked and (later := self._next(0)):
            post(Spoken(self.name, asked[0], cut=True))
            asked = later
        return asked

    def _begin(self, prompt: str, language: str, words: str, post: Post) -> None:
        if self._sound:
            self._end(post, cut=True)
        try:
            said = self._sources.find(prompt, language, words)
        except DriverError as error:
            post(Spoken(self.name, prompt, error))
            return
        try:
            playing = self._speaker.play(self._scaled(said), prompt, language)
        except Gone as error:
            post(Spoken(self.name, prompt, error))
            raise
        self._sound = _Sound(prompt, playing, self._clock() + said.wave.seconds + LATE_S, said.error)

    def _scaled(self, said: Said) -> Wave:
        return said.wave.louder(1.0 if said.loud else self._volume.at(self._time_of_day()))

    def _look(self, sound: _Sound, post: Post) -> None:
        """Answer for a sound that is over."""
        if not sound.playing.ended():
            if self._clock() > sound.ends_by:
                hung = Gone("the player hangs")
                self._end(post, error=hung)
                raise hung
            return
        if failure := sound.playing.error():
            self._after_failure(failure, post)
        else:
            self._end(post, error=sound.error)

    def _after_failure(self, failure: str, post: Post) -> None:
        """The card's fault, or the sound's?"""
        try:
            self._check()
        except Gone as away:
            self._end(post, error=away)
            raise
        self._end(post, error=Misbehaved(f"the player failed: {failure}"))

    def _end(self, post: Post, *, error: DriverError | None = None, cut: bool = False) -> None:
        assert self._sound is not None
        self._sound.playing.stop()
        post(Spoken(self.name, self._sound.prompt, error, cut))
        self._sound = None

    def _check(self) -> None:
        """Play nothing, to see that something can be played."""
        playing = self._speaker.play(silence(CHECK_MS), "", "")
        ends_by = self._clock() + LATE_S
        try:
            while not playing.ended():
                if self._clock() > ends_by:
                    raise Gone("the player hangs")
                time.sleep(LOOK_S)
            if failure := playing.error():
                raise Gone(f"no sound card: {failure}")
        finally:
            playing.stop()
