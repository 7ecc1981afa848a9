"""The screen as a pure function: a snapshot of the kiosk becomes a page, in one language.

    snapshot ── session ──▶ desk   welcome · visit (who, how many, the books) · sign
             └─ room ─────▶ door   sign

A kiosk with both roles has two screens; one with a single role shows it on either.
"""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.ease import standing
from kiosk.effects import Place
from kiosk.screen.courtesies import beside
from kiosk.screen.desk import desk
from kiosk.screen.door import door
from kiosk.screen.errand import over
from kiosk.screen.idle import slides
from kiosk.screen.page import Page
from kiosk.screen.register import registering
from kiosk.screen.service import service
from kiosk.screen.settings import Settings
from kiosk.screen.words import Texts
from kiosk.service.state import Phase as Service
from kiosk.snapshot import Snapshot


def view(place: Place, snapshot: Snapshot | None, texts: Texts, settings: Settings) -> Page:
    """What the screen at `place` shows; before the first snapshot, that the kiosk starts."""
    session, room = standing(place, snapshot) if snapshot else (None, None)
    modes = snapshot.eases.at(place).modes if snapshot else frozenset()
    if snapshot is not None and session is not None and snapshot.service.phase is not Service.OFF:
        return replace(service(snapshot, texts), place=place, modes=modes)
    if snapshot is not None and session is not None:
        page = replace(
            over(
                registering(desk(session, snapshot, texts, settings), snapshot, texts, settings),
                snapshot,
                texts,
                settings,
            ),
            place=place,
            modes=modes,
            visit=session.visit,
        )
        page = beside(place, page, snapshot, texts, settings)
        if page.layout == "welcome" and page.help is None:
            return replace(page, slides=slides(snapshot.news, snapshot.hours, snapshot.now.wall_ms, texts))
        return page
    if snapshot is not None and room is not None:
        page = replace(door(room, snapshot, texts), place=place, modes=modes)
        return beside(place, page, snapshot, texts, settings)
    return Page(
        place=place,
        scene="starting",
        layout="sign",
        tone="busy",
        icon="work",
        language=texts.code,
        heading=texts.shell.starting,
    )
