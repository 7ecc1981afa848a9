"""The acceptance test: every check of every device, its outcome and its figures, as one report."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Literal, Protocol

from msgspec import Struct

from drivers.configured import Configured
from drivers.probe.checks import CHECKS, Check
from drivers.probe.texts import CHECKS as NAMES
from drivers.probe.texts import TESTING, WHYS, Texts
from drivers.probe.trial import Failed, Trial

Result = Literal["passed", "failed", "skipped"]


class CheckReport(Struct, frozen=True):
    """One check of one device."""

    name: str
    title: str
    """In the language of the report."""
    result: Result
    figures: dict[str, str | bool | int | float | None] = {}
    why: str = ""


class DeviceReport(Struct, frozen=True):
    """One device."""

    name: str
    driver: str
    kind: str
    place: str
    port: str
    identity: str
    checks: tuple[CheckReport, ...]


class Report(Struct, frozen=True):
    """What the acceptance of a kiosk's devices has shown."""

    at: str
    """ISO 8601 with its zone."""
    machine: str
    program: str
    devices: tuple[DeviceReport, ...]

    def count(self, result: Result) -> int:
        """How many checks ended so."""
        return sum(check.result == result for device in self.devices for check in device.checks)


class Stage(Protocol):
    """Who tells somebody what to do, and hears them."""

    def begin(self, device: str, check: Check) -> None:
        """The next check; an attended one is told what is to be done for it."""

    def end(self, report: CheckReport) -> None:
        """How it ended."""

    def ask(self, question: str) -> bool:
        """A question of `texts.QUESTIONS`, answered with yes or no."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Runs the checks, one device after the other."""

    stage: Stage
    texts: Texts
    attended: bool
    """Somebody is there; else what needs somebody is skipped."""
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()

    def run(self, devices: Mapping[str, Configured]) -> Report:
        """Test these devices.

        Raises:
            Misuse: settings that contradict one another.
        """
        reports = tuple(self._device(name, configured) for name, configured in devices.items())
        at = self.now().isoformat(timespec="seconds")
        return Report(at, platform.node(), f"shuwu {version('shuwu')}", reports)

    def _device(self, name: str, configured: Configured) -> DeviceReport:
        trial = Trial.of(name, configured, self.stage.ask)
        trial.start()
        try:
            checks = tuple(self._checks(trial, CHECKS[configured.kind]))
        finally:
            trial.stop()
        port = str(getattr(configured.settings, "port", ""))
        return DeviceReport(
            name, configured.driver, configured.kind, configured.place, port, trial.identity, checks
        )

    def _checks(self, trial: Trial, checks: Iterable[Check]) -> Iterable[CheckReport]:
        silent = False
        for check in checks:
            if silent:
                report = self._skipped(check, "after_failure")
            elif check.attended and not self.attended:
                report = self._skipped(check, "needs_somebody")
            else:
                report = self._check(trial, check)
            silent = silent or (check.name == "answers" and report.result == "failed")
            self.stage.end(report)
            yield report

    def _check(self, trial: Trial, check: Check) -> CheckReport:
        self.stage.begin(trial.name, check)
        title = self.texts.say(NAMES, check.name)
        try:
            return CheckReport(check.name, title, "passed", dict(check.run(trial)))
        except Failed as cause:
            why = self.texts.say(WHYS, cause.args[0], **cause.values)
            return CheckReport(check.name, title, "failed", why=why)
        except Exception as bug:  # noqa: BLE001 - a driver with a mistake fails its test, and the test goes on
            why = self.texts.say(WHYS, "broke", cause=f"{type(bug).__name__}: {bug}")
            return CheckReport(check.name, title, "failed", why=why)

    def _skipped(self, check: Check, why: str) -> CheckReport:
        title, words = self.texts.say(NAMES, check.name), self.texts.say(TESTING, why)
        return CheckReport(check.name, title, "skipped", why=words)
