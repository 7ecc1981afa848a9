"""The page of the screen outside a 24-hour room. Pure.

How many people are inside it says where they are so many that nobody is alone (`[room.counting] shown_from`).
"""

from __future__ import annotations

from kiosk.room.counting_state import Counting
from kiosk.room.state import Notice, Phase, Room
from kiosk.screen import closing
from kiosk.screen.asked import asked
from kiosk.screen.page import Cue, Icon, Page, Tone
from kiosk.screen.troubles import chip
from kiosk.screen.words import Texts
from kiosk.snapshot import Snapshot
from wire.faults import fault, number


def door(room: Room, snapshot: Snapshot, texts: Texts) -> Page:
    """The door at one moment: danger first, then what the last card was told, then how the door is."""
    scene, words, code = _scene(room, snapshot, texts)
    tone, icon, heading, advice = words
    page = Page(
        place="door",
        scene=scene,
        layout="sign",
        tone=tone,
        icon=icon,
        language=texts.code,
        heading=heading,
        advice=advice,
        code=code,
        chip=chip("door", snapshot, texts) if tone == "calm" else None,
        remark=_inside(room.counting, texts) if scene in COUNTED else "",
        cue=_cue(room),
    )
    return asked(page, room, texts)


Sign = tuple[Tone, Icon, str, str]
"""Tone, icon, heading, advice."""


def _scene(room: Room, snapshot: Snapshot, texts: Texts) -> tuple[str, Sign, str]:
    words = texts.door
    if room.contacts and room.contacts.fire:
        return "fire", ("alarm", "fire", words.fire, _reason("fire_active", texts)), ""
    if room.phase is Phase.UNKNOWN:
        return "lost", ("warn", "door", words.lost, _reason("door_lost", texts)), ""
    if room.notice and room.notice.fault is not None:
        why = fault(room.notice.fault)
        code = texts.shell.code.format(code=room.notice.fault)
        advice = f"{why.reader.of(texts.code)} {_until(room.notice, texts)}".strip()
        return "refused", ("warn", "card_no", words.refused, advice), code
    if room.notice:
        return "come_in", ("good", "walk", words.come_in, words.come_in_advice), ""
    shut = closing.no_entry(snapshot, texts) if room.phase is Phase.SECURED else None
    if shut:
        return "closed", ("calm", "clock", shut.heading, shut.advice), ""
    return room.phase.value, _by_phase(texts)[room.phase], ""


def _by_phase(texts: Texts) -> dict[Phase, Sign]:
    words = texts.door
    return {
        Phase.SECURED: ("calm", "card", words.secured, words.secured_advice),
        Phase.ASKING: ("busy", "work", words.asking, words.asking_advice),
        Phase.QUESTIONED: ("calm", "card", words.secured, words.secured_advice),
        Phase.RELEASED: ("good", "door", words.released, words.released_advice),
        Phase.OPEN: ("calm", "door", words.open, words.open_advice),
        Phase.FREE: ("good", "door", words.free, words.free_advice),
    }


COUNTED = frozenset({"secured", "open", "refused"})
"""Scenes in which somebody may wonder whether there is room."""


def _inside(counting: Counting, texts: Texts) -> str:
    """How many are inside, and how many may be."""
    if not counting.known:
        return ""
    words, few = texts.door, counting.inside < counting.few
    now = (words.few_inside if few else words.inside).format(count=counting.few if few else counting.inside)
    if counting.limit is None:
        return now
    return f"{now} · {words.most_inside.format(count=counting.limit)}"


def _until(notice: Notice, texts: Texts) -> str:
    """Until when a ban lasts."""
    return texts.door.until.format(date=texts.day(notice.until)) if notice.until else ""


def _reason(name: str, texts: Texts) -> str:
    return fault(number(name)).reader.of(texts.code)


def _cue(room: Room) -> Cue:
    """Good: come in. Attention: a refused card, a fire."""
    fire = bool(room.contacts and room.contacts.fire)
    if room.notice is None:
        return Cue(0, int(fire))
    welcome = room.notice.fault is None and not fire
    return Cue(room.notice.until_ms, 0) if welcome else Cue(0, room.notice.until_ms)
