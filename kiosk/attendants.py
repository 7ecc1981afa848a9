"""Printer and voices: they carry out what is done for people beside lending. Never blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drivers.device import Printer, Voice
from drivers.slip import Slip
from kiosk.courtesy_effects import Courtesy, Print, Receipt, Say
from kiosk.effects import Place

Written = Callable[[Receipt, str], Slip]
"""A receipt as a slip, in a language."""


@dataclass(frozen=True, slots=True)
class Attendants:
    """What of the two is fitted."""

    printer: Printer | None = None
    voices: Mapping[Place, Voice] = field(default_factory=dict)
    written: Written | None = None
    language: str = "zh-CN"
    """The branch's first: where nobody has chosen another."""

    def do(self, effect: Courtesy) -> None:
        """Begin one effect.

        Raises:
            TypeError: a table asked for what this kiosk has not (a mistake of ours).
        """
        match effect:
            case Print(job=job, receipt=receipt, language=language) if self.printer and self.written:
                self.printer.print(job, self.written(receipt, language or self.language))
            case Say(prompt=prompt, place=place) if voice := self.voices.get(place):
                voice.say(prompt, effect.language or self.language, effect.words)
            case _:
                raise TypeError(f"nobody here does {effect!r}")
