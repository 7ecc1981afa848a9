"""The acceptance test of each kind of device: a literal table of checks, and each check below it.

A check waits for what the device must tell, and returns figures for the report. One that needs somebody (lay
a book, open the door) is told on the screen before it begins; unattended such checks are not done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.events import (
    CardRefused,
    CardShown,
    Crossed,
    DeviceBack,
    DoorAnswered,
    DoorSensed,
    GateAlarmed,
    IdCardShown,
    InputSensed,
    Measured,
    OutputSwitched,
    PaperSensed,
    Printed,
    Spoken,
    TagGone,
    TagSeen,
    TagSensed,
    TagWritten,
)
from drivers.kit import Kind
from drivers.probe.trial import Failed, Figures, Trial
from drivers.slip import Code, Columns, Line, Rule, Slip

ANSWER_S = 10.0
"""A reader that has just got power starts within 5 s."""
PERSON_S = 60.0
"""Somebody walks to the device and does what the screen says."""
QUIET_S = 3.0
"""A pile is read when nothing new came for so long."""
RELEASE_MS = 5000
JOB = "acceptance"
PROMPT = "card_refused"
SHOWN: tuple[type[CardShown | CardRefused | IdCardShown], ...] = (CardShown, CardRefused, IdCardShown)
SLIP = Slip(
    (
        Line("验收凭条 Acceptance", "centre", large=True),
        Rule(),
        Columns(("《三体》刘慈欣，著", "2026-12-22")),
        Line("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 。，、；：？！（）《》"),
        Code("shuwu-probe"),
    )
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    """In `texts.CHECKS` and, where somebody must do something, in `texts.INSTRUCTIONS`."""
    run: Callable[[Trial], Figures]
    """Raises Failed."""
    attended: bool = False


# ---------------------------------------------------------------- every device
def _answers(trial: Trial) -> Figures:
    return {"ms": _ms(trial.until(DeviceBack, ANSWER_S)[1])}


# ---------------------------------------------------------------- pads and gates
def _reads_a_book(trial: Trial) -> Figures:
    seen, _ = trial.until(TagSeen, PERSON_S)
    if seen.content is None:
        raise Failed("unreadable_tag")
    return {"uid": seen.uid, "item": seen.content.item, "model": seen.content.model}


def _writes_security(trial: Trial) -> Figures:
    """Writes what the tag has already: nothing of the book is changed."""
    seen = trial.last.get(TagSeen)
    if not isinstance(seen, TagSeen):
        raise Failed("nothing_came", seconds=0)
    trial.device.sense(seen.uid)
    sensed, read_s = trial.until(TagSensed, ANSWER_S)
    if sensed.error or sensed.secured is None:
        raise Failed("refused", cause=sensed.error.text if sensed.error else "AFI")
    trial.device.secure(seen.uid, sensed.secured)
    written, write_s = trial.until(TagWritten, ANSWER_S)
    if written.error:
        raise Failed("refused", cause=written.error.text)
    return {"secured": sensed.secured, "read_ms": _ms(read_s), "write_ms": _ms(write_s)}


def _sees_it_leave(trial: Trial) -> Figures:
    return {"uid": trial.until(TagGone, PERSON_S)[0].uid}


def _reads_a_pile(trial: Trial) -> Figures:
    seen, took_s = trial.gather(TagSeen, PERSON_S, QUIET_S)
    unread = sum(tag.content is None for tag in seen)
    return {"books": len(seen), "unread": unread, "ms": _ms(took_s)}


def _alarms(trial: Trial) -> Figures:
    alarm, _ = trial.until(GateAlarmed, PERSON_S)
    return {"uid": alarm.uid, "item": alarm.content.item if alarm.content else ""}


# ---------------------------------------------------------------- cards
def _reads_a_card(trial: Trial) -> Figures:
    """Of a number only its length and its end are told."""
    shown, _ = trial.until(SHOWN, PERSON_S)
    if isinstance(shown, CardRefused):
        raise Failed("card_refused", cause=shown.why)
    number = shown.card.number if isinstance(shown, IdCardShown) else shown.number
    medium = "id_card" if isinstance(shown, IdCardShown) else shown.medium
    return {"medium": medium, "digits": len(number), "ends": number[-2:]}


def _shows_signals(trial: Trial) -> Figures:
    trial.device.signal("granted")
    trial.device.signal("refused")
    if not trial.ask("shows_signals"):
        raise Failed("not_confirmed")
    return {}


# ---------------------------------------------------------------- doors and counters
def _senses_the_door(trial: Trial) -> Figures:
    door, _ = trial.until(DoorSensed, ANSWER_S)
    return {"open": door.open, "released": door.released, "openings": door.openings}


def _releases(trial: Trial) -> Figures:
    trial.forget()
    trial.device.release(RELEASE_MS)
    answered, took_s = trial.until(DoorAnswered, ANSWER_S)
    if answered.error:
        raise Failed("refused", cause=answered.error.text)
    try:
        _, freed_s = trial.until(DoorSensed, ANSWER_S, lambda door: door.released)
    except Failed as cause:
        raise cause if cause.args[0] == "lost" else Failed("still_locked") from None
    return {"answer_ms": _ms(took_s), "released_ms": _ms(took_s + freed_s)}


def _sees_it_open(trial: Trial) -> Figures:
    _release_again(trial)
    return {"openings": trial.until(DoorSensed, PERSON_S, lambda door: door.open)[0].openings}


def _sees_it_shut(trial: Trial) -> Figures:
    trial.until(DoorSensed, PERSON_S, lambda door: not door.open)
    return {}


def _secures_by_itself(trial: Trial) -> Figures:
    """The limit is kept in the unit: nobody tells it to."""
    trial.forget()
    trial.device.release(RELEASE_MS)
    trial.until(DoorAnswered, ANSWER_S)
    _, took_s = trial.until(DoorSensed, 2 * RELEASE_MS / 1000, lambda door: not door.released)
    return {"s": round(took_s, 1)}


def _release_again(trial: Trial) -> None:
    """The lock of the check before may have its power back by now."""
    trial.forget()
    trial.device.release(int(PERSON_S * 1000))


def _exit_button(trial: Trial) -> Figures:
    _, took_s = trial.until(DoorSensed, PERSON_S, lambda door: door.exit_pressed and door.released)
    return {"s": round(took_s, 1)}


def _fire_contact(trial: Trial) -> Figures:
    trial.until(DoorSensed, PERSON_S, lambda door: door.fire and door.released)
    trial.until(DoorSensed, PERSON_S, lambda door: not door.fire)
    return {}


def _counts_in(trial: Trial) -> Figures:
    return _counted(trial, lambda before, now: now.entered > before.entered)


def _counts_out(trial: Trial) -> Figures:
    return _counted(trial, lambda before, now: now.left > before.left)


def _counted(trial: Trial, grown: Callable[[Crossed, Crossed], bool]) -> Figures:
    before = trial.last.get(Crossed)
    if not isinstance(before, Crossed):
        before, _ = trial.until(Crossed, ANSWER_S)
    now, _ = trial.until(Crossed, PERSON_S, lambda event: grown(before, event))
    return {"entered": now.entered, "left": now.left}


# ---------------------------------------------------------------- the others
def _tells_its_points(trial: Trial) -> Figures:
    points: tuple[type[Measured | InputSensed], ...] = (Measured, InputSensed)
    told, _ = trial.gather(points, ANSWER_S, QUIET_S)
    return {
        event.point: f"{event.value:g} {event.unit}" if isinstance(event, Measured) else event.active
        for event in told
    }


def _switches(trial: Trial) -> Figures:
    outputs = list(getattr(trial.configured.settings, "outputs", ()))
    if not outputs:
        raise Failed("no_outputs")
    figures: dict[str, int] = {}
    for output in outputs:
        for on in (True, False):
            trial.device.switch(output, on=on)
            switched, took_s = trial.until(OutputSwitched, ANSWER_S)
            if switched.error:
                raise Failed("refused", cause=f"{output}: {switched.error.text}")
            figures[f"{output}_ms"] = _ms(took_s)
    return figures


def _has_paper(trial: Trial) -> Figures:
    told = trial.last.get(PaperSensed)
    paper = told if isinstance(told, PaperSensed) else trial.until(PaperSensed, ANSWER_S)[0]
    if paper.paper == "out" or paper.cover_open:
        raise Failed("paper", paper=paper.paper, cover=paper.cover_open)
    return {"paper": paper.paper}


def _prints(trial: Trial) -> Figures:
    trial.device.print(JOB, SLIP)
    printed, took_s = trial.until(Printed, PERSON_S, lambda event: event.job == JOB)
    if printed.error:
        raise Failed("refused", cause=printed.error.text)
    return {"ms": _ms(took_s)}


def _speaks(trial: Trial) -> Figures:
    trial.device.say(PROMPT, "zh-CN")
    spoken, took_s = trial.until(Spoken, PERSON_S)
    if spoken.error:
        raise Failed("refused", cause=spoken.error.text)
    return {"ms": _ms(took_s)}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


ANSWERS = Check("answers", _answers)

CHECKS: Mapping[Kind, tuple[Check, ...]] = {
    "pad": (
        ANSWERS,
        Check("reads_a_book", _reads_a_book, attended=True),
        Check("writes_security", _writes_security, attended=True),
        Check("sees_it_leave", _sees_it_leave, attended=True),
        Check("reads_a_pile", _reads_a_pile, attended=True),
    ),
    "card": (
        ANSWERS,
        Check("reads_a_card", _reads_a_card, attended=True),
        Check("shows_signals", _shows_signals, attended=True),
    ),
    "door": (
        ANSWERS,
        Check("senses_the_door", _senses_the_door),
        Check("releases", _releases, attended=True),
        Check("secures_by_itself", _secures_by_itself, attended=True),
        Check("sees_it_open", _sees_it_open, attended=True),
        Check("sees_it_shut", _sees_it_shut, attended=True),
        Check("exit_button", _exit_button, attended=True),
        Check("fire_contact", _fire_contact, attended=True),
    ),
    "gate": (ANSWERS, Check("alarms", _alarms, attended=True)),
    "counter": (
        ANSWERS,
        Check("counts_in", _counts_in, attended=True),
        Check("counts_out", _counts_out, attended=True),
    ),
    "sensors": (ANSWERS, Check("tells_its_points", _tells_its_points)),
    "outputs": (ANSWERS, Check("switches", _switches, attended=True)),
    "printer": (ANSWERS, Check("has_paper", _has_paper), Check("prints", _prints)),
    "voice": (ANSWERS, Check("speaks", _speaks)),
}
"""Kind of device → its checks, in order. The first one is always whether it answers: without it none is done."""
