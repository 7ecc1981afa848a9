"""What the kiosk may ask of a device, one protocol class for each kind.

Contract of every driver:
- The constructor takes frozen settings and a way to open its line, and touches nothing.
- `run` opens the line, talks on the pump's thread until `stop` is set, and closes the line whatever happens.
- Verbs (`secure`, `sense`, `release`) may be called from any thread, never block and never raise: they put
  an order into the driver's inbox. Every one of them is answered by exactly one event, also when
  the device is lost.
- Events leave by `post` alone, in the order in which they happened.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Literal, Protocol

from drivers.events import DeviceEvent, TagContent
from drivers.slip import Slip

Post = Callable[[DeviceEvent], None]
Signal = Literal["ready", "granted", "refused", "busy"]
"""What a card reader shows: waits for a card; let in or known; not; wait."""


class Device(Protocol):
    """Anything that a pump can run."""

    name: str

    def run(self, post: Post, stop: Event) -> None:
        """Talk to the device until `stop` is set.

        Posts `DeviceBack` once the device has identified itself.

        Raises:
            DriverError: the device cannot be talked to; the pump posts `DeviceLost` and tries again.
        """

    def abandon(self, post: Post) -> None:
        """Answer every order still in the inbox with a `Gone` error. Called by the pump when the line breaks."""


class Pad(Device, Protocol):
    """Reads library tags: posts TagSeen, TagGone, PadSettled, TagWritten, TagSensed, TagEncoded."""

    def secure(self, uid: str, secured: bool) -> None:
        """Write the security of one tag, AFI or EAS as the library has it, and read it back; answered by `TagWritten`."""

    def sense(self, uid: str) -> None:
        """Read the security of one tag; answered by `TagSensed`."""

    def encode(self, content: TagContent, progress: Path) -> None:
        """Write the one tag that lies there whole, as this book's, secured; answered by `TagEncoded`.

        Args:
            content: what it shall say.
            progress: file that knows, after a power cut, which tags are half written; made where it is missing.
        """


class CardReader(Device, Protocol):
    """Reads cards or codes: posts CardShown, CardRefused, IdCardShown, KeysEntered."""

    def signal(self, signal: Signal) -> None:
        """Tell who stands there: LED and buzzer where the reader has them. Nothing answers."""


class Door(Device, Protocol):
    """Lock, contacts, buttons and counters of one door: posts DoorSensed, Crossed, DoorAnswered."""

    def release(self, limit_ms: int) -> None:
        """Cut the lock's power for at most `limit_ms`; the limit is kept in the unit itself."""

    def secure(self) -> None:
        """End a release early. The unit itself refuses it while fire or exit is active."""


class Gate(Device, Protocol):
    """Watches the way out for secured tags: posts GateAlarmed."""


class Counter(Device, Protocol):
    """Counts who crosses: posts Crossed."""


class Sensors(Device, Protocol):
    """Measures and watches inputs: posts Measured and InputSensed."""


class Outputs(Device, Protocol):
    """Switches lights, power, sirens: posts OutputSwitched."""

    def switch(self, output: str, *, on: bool, limit_ms: int = 0) -> None:
        """Switch one output of the configuration; answered by `OutputSwitched`.

        Args:
            output: its name in the configuration.
            on: what is wanted.
            limit_ms: after this the unit itself ends it; 0: it stays.
        """


class Printer(Device, Protocol):
    """Prints slips: posts Printed and PaperSensed."""

    def print(self, job: str, slip: Slip) -> None:
        """Print one slip; answered by `Printed` with the same `job` once it is out, also after new paper."""


class Voice(Device, Protocol):
    """Plays sounds and speaks: posts Spoken."""

    def say(self, prompt: str, language: str, words: str = "") -> None:
        """Play a prompt of the configuration, ending the one that plays; answered by `Spoken`.

        Args:
            prompt: its name in the configuration, `card_refused`.
            language: a BCP 47 tag, `zh-CN`, `ug-Arab`.
            words: what is read where the configuration has neither words nor a recording for it.
        """
