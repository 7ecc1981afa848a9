"""Staff at the machine, as pages: the PIN, the menu, devices, counters, tags. Pure.

The pages are those of readers: a lead with its buttons, lists with a button a row, a keypad. Their words are
staff's own (`service_words`), in Chinese, or in English where that is the screen's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kiosk.points import PAPER_LOW, PAPER_OUT
from kiosk.screen.page import Button, Choice, Icon, Keypad, Layout, Page, Row, Section, Tally, Tone
from kiosk.screen.rows import Look
from kiosk.screen.service_words import WORDS
from kiosk.screen.words import Texts
from kiosk.service.acts import INSIDE, WELL
from kiosk.service.state import Phase
from kiosk.snapshot import Snapshot
from wire.condition import Trouble
from wire.faults import fault

MAX_DIGITS = 12
MINUTE_MS = 60_000
LEADING: Mapping[str, Icon] = {"devices": "look", "counters": "parts", "tags": "book"}
ENDING: Mapping[str, Icon] = {"restart": "again", "shutdown": "rest"}
SELF_TESTED = frozenset({"printer", "voice"})
HOME = ZoneInfo("Asia/Shanghai")
"""Of moments, where no signed list of hours names the branch's zone."""


class Said:
    """The words of one language."""

    def __init__(self, texts: Texts) -> None:
        self.language = "en" if texts.code == "en" else "zh-CN"
        self._at = int(self.language == "en")

    def __call__(self, name: str, **values: object) -> str:
        return WORDS[name][self._at].format(**values)


def service(snapshot: Snapshot, texts: Texts) -> Page:
    """The page of the service; only while somebody of the staff is there."""
    say = Said(texts)
    return PAGES[snapshot.service.phase](snapshot, say)


def _page(
    say: Said, phase: Phase, layout: Layout, heading: str, icon: Icon, tone: Tone = "calm", **more: object
) -> Page:
    fields = {"place": "desk", "scene": f"service_{phase.value}", "language": say.language, **more}
    return Page(layout=layout, heading=heading, icon=icon, tone=tone, **fields)  # type: ignore[arg-type]  # the fields' own


# ---------------------------------------------------------------- who is let in
def _pin(snapshot: Snapshot, say: Said) -> Page:
    told = snapshot.service
    leave = (Button("done", say("back")),)
    left_ms = told.until_ms - snapshot.now.mono_ms
    if left_ms > 0:
        heading = say("paused", minutes=-(-left_ms // MINUTE_MS))
        return _page(say, Phase.PIN, "sign", heading, "clock", "warn", buttons=leave)
    pad = Keypad("service", say("pin"), say("next"), say("delete"), say("clear"), MAX_DIGITS)
    wrong = say("pin_wrong") if told.wrong else ""
    tone: Tone = "warn" if wrong else "calm"
    return _page(say, Phase.PIN, "keypad", say("pin"), "lock", tone, advice=wrong, keypad=pad, buttons=leave)


def _checking(_snapshot: Snapshot, say: Said) -> Page:
    return _page(say, Phase.CHECKING, "sign", say("checking"), "work", "busy")


# ---------------------------------------------------------------- menu
def _menu(snapshot: Snapshot, say: Said) -> Page:
    told = snapshot.service
    pages = tuple(
        _row(name, say(name), "", icon, "calm", say(f"{name}_note"), Choice("service", name, say("open")))
        for name, icon in LEADING.items()
    )
    turn = "sign_off" if told.sign else "sign_on"
    state = say("sign_is_on" if told.sign else "sign_is_off")
    sign = _row(
        "sign",
        say("sign"),
        state,
        "rest",
        "warn" if told.sign else "calm",
        "",
        Choice("service", turn, say(turn)),
    )
    ends = tuple(
        _row(
            name, say(name), "", icon, "calm", say("end_note"),
            Choice("service", name, say("sure") if told.sure == name else say(f"do_{name}")),
        )
        for name, icon in ENDING.items()
    )  # fmt: skip
    advice = say("signed" if told.sign else "closed")
    return _inside(
        snapshot, say, say("title"), "lock", (Section(say("what"), (*pages, sign, *ends)),), advice=advice
    )


def _inside(
    snapshot: Snapshot,
    say: Said,
    heading: str,
    icon: Icon,
    sections: tuple[Section, ...],
    tone: Tone = "calm",
    **more: object,
) -> Page:
    """A list, the way back and the way out."""
    phase = snapshot.service.phase
    back = (Button("back", say("back"), main=True),) if phase is not Phase.MENU else ()
    leave = Button("done", say("leave"), main=not back)
    return _page(
        say, phase, "account", heading, icon, tone, sections=sections, buttons=(*back, leave), **more
    )


def _row(
    key: str, title: str, state: str, icon: Icon, tone: Tone, note: str = "", choice: Choice | None = None
) -> Row:
    return Row(key=key, title=title, named=True, state=state, icon=icon, tone=tone, note=note, choice=choice)


# ---------------------------------------------------------------- devices
def _devices(snapshot: Snapshot, say: Said) -> Page:
    fitted = snapshot.fittings.by_name
    by_device: dict[str, list[Trouble]] = {}
    for trouble in snapshot.troubles:
        by_device.setdefault(trouble.device, []).append(trouble)
    rows = tuple(
        _device(snapshot, say, name, fitting.kind, by_device.get(name, []))
        for name, fitting in fitted.items()
    )
    others = tuple(
        _row(
            f"{one.fault}{name}", _titled(one, say), say("wrong"), "look", "warn", _since(one, say, snapshot)
        )
        for name, troubles in by_device.items()
        if name not in fitted
        for one in troubles
    )
    rows = tuple(sorted(rows, key=lambda row: row.tone != "warn"))
    bad = sum(row.tone == "warn" for row in rows)
    heading = say("some_wrong", count=bad) if bad else say("all_well")
    sections = (Section(say("devices"), rows), *((Section(say("others"), others),) if others else ()))
    return _inside(snapshot, say, heading, "look", sections, "warn" if bad else "good")


def _device(snapshot: Snapshot, say: Said, name: str, kind: str, troubles: list[Trouble]) -> Row:
    """One device: what is wrong with it, else what it told last, else what it says of itself."""
    told, identity = snapshot.service, snapshot.identities.get(name, "")
    title = f"{say(kind)} · {name}"
    choice = Choice("service", f"test:{name}", say("test")) if kind in SELF_TESTED else None
    if troubles:
        note = "; ".join(f"{_titled(one, say)} {_since(one, say, snapshot)}" for one in troubles)
        return _row(name, title, say("wrong"), "look", "warn", note, choice)
    note = _noted(snapshot, say, name)
    result = told.tested.get(name)
    if result == "":
        return _row(name, title, say("under_way"), "work", "busy", note, choice)
    if result is not None:
        note = say("passed") if result == WELL else say("failed", why=result)
    if result not in {None, WELL}:
        return _row(name, title, say("wrong"), "look", "warn", note, choice)
    if not identity:
        return _row(name, title, say("silent"), "clock", "calm", note, choice)
    return _row(name, title, say("well"), "check", "good", note, choice)


def _noted(snapshot: Snapshot, say: Said, name: str) -> str:
    """What it told since staff came, else what was wrong with it last, else what it says of itself."""
    told = snapshot.service
    if name in told.heard:
        return say("heard", what=told.heard[name])
    if lost := told.lost.get(name):
        return say("lost", when=_moment(lost.at_ms, snapshot), why=lost.cause)
    return snapshot.identities.get(name, "")


def _titled(trouble: Trouble, say: Said) -> str:
    words = fault(trouble.fault).title
    return f"{words.en if say.language == 'en' else words.zh} ({trouble.fault})"


def _since(trouble: Trouble, say: Said, snapshot: Snapshot) -> str:
    cause = f": {trouble.cause}" if trouble.cause else ""
    return say("since", when=_moment(trouble.since_ms, snapshot)) + cause


def _moment(wall_ms: int, snapshot: Snapshot) -> str:
    zone = ZoneInfo(snapshot.hours.zone) if snapshot.hours else HOME
    return f"{datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone):%m-%d %H:%M}"


# ---------------------------------------------------------------- counters
def _counters(snapshot: Snapshot, say: Said) -> Page:
    counts = snapshot.service.counts
    box = _row(
        "box", say("box"), _ago(counts.box_ms, say, snapshot), "return", "calm",
        say("box_count", returns=counts.returns, loans=counts.loans),
        Choice("service", "box_emptied", say("box_emptied")),
    )  # fmt: skip
    paper = [
        _row(
            f"paper {name}", say("paper"), *_paper(snapshot, name, say),
            f"{say('paper_count', slips=counts.slips)} · {_ago(counts.paper_ms, say, snapshot)}",
            Choice("service", "paper_changed", say("paper_changed")),
        )
        for name in sorted(snapshot.fittings.names("printer"))
    ]  # fmt: skip
    sections = (Section(say("kept"), (box, *paper)), *_persons(snapshot, say))
    return _inside(snapshot, say, say("counters"), "parts", sections)


def _persons(snapshot: Snapshot, say: Said) -> tuple[Section, ...]:
    """Who is inside the room, and how staff set that right."""
    if snapshot.room is None or not snapshot.room.counting.known:
        return ()
    now = say("inside_count", count=snapshot.room.counting.inside)
    rows = tuple(
        _row(act, say(act), now, "walk", "calm", "", Choice("service", act, say(f"do_{act}")))
        for act in INSIDE
    )
    return (Section(say("inside"), rows),)


def _ago(wall_ms: int, say: Said, snapshot: Snapshot) -> str:
    return say("since", when=_moment(wall_ms, snapshot)) if wall_ms else say("never")


def _paper(snapshot: Snapshot, printer: str, say: Said) -> tuple[str, Icon, Tone]:
    """What the printer says of its paper."""
    stands = {trouble.fault for trouble in snapshot.troubles if trouble.device == printer}
    if printer not in snapshot.identities:
        return say("silent"), "clock", "calm"
    for told, name in ((PAPER_OUT, "paper_out"), (PAPER_LOW, "paper_low")):
        if told in stands:
            return say(name), "look", "warn"
    return say("paper_enough"), "check", "good"


# ---------------------------------------------------------------- tags
def _tags(snapshot: Snapshot, say: Said) -> Page:
    tagging = snapshot.service.tagging
    rows: tuple[Row, ...] = ()
    heading = say("lay", item=tagging.item) if tagging.item else say("scan")
    if tagging.item:
        name = "write_failed" if tagging.verdict == "failed" else tagging.verdict
        note = say(name, detail=tagging.detail or "?") if name else ""
        look = Look("work", "busy") if tagging.asked else Look("look", "warn" if note else "calm")
        choice = None if tagging.asked else Choice("service", "put_off", say("put_off"))
        rows = (_row(tagging.item, tagging.item, "", look.icon, look.tone, note, choice),)
    elif tagging.last:
        rows = (_row(tagging.last, tagging.last, "", "check", "good", say("last", item=tagging.last)),)
    tone: Tone = "good" if tagging.done and not tagging.item else "calm"
    tally = (Tally(tagging.done, say("done")),)
    sections = (Section(say("tags"), rows),) if rows else ()
    return _inside(snapshot, say, heading, "book", sections, tone, advice=say("scan_advice"), tallies=tally)


PAGES: Mapping[Phase, Callable[[Snapshot, Said], Page]] = {
    Phase.PIN: _pin,
    Phase.CHECKING: _checking,
    Phase.MENU: _menu,
    Phase.DEVICES: _devices,
    Phase.COUNTERS: _counters,
    Phase.TAGS: _tags,
}
