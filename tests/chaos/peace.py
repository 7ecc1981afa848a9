"""Until all is quiet: every process up, nothing owed that may yet be settled, every fact at central."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from deploy.demo.web import up
from tests.chaos.readers import Readers
from tests.chaos.world import World

LOOK_S = 0.25
TELL_S = 15.0
STILL_S = 2.0
"""Nothing has changed for so long."""
OWED_S = 75.0
"""What is still owed after two rounds of questions stays so: the library system does not know either."""


def make_peace(world: World, readers: Sequence[Readers], patience_s: float) -> str:
    """Let the readers go and wait for quiet; why there is none after `patience_s`, or nothing."""
    for each in readers:
        each.stop()
    begun = since = told = time.monotonic()
    before, trouble = None, "not looked"
    while time.monotonic() < begun + patience_s:
        world.family.tend()
        now = _look(world)
        trouble = _trouble(world, readers, now, owed=time.monotonic() < begun + OWED_S)
        if trouble or now != before:
            before, since = now, time.monotonic()
            if since > told + TELL_S:
                click.echo(f"waiting for {trouble or 'stillness'}", err=True)
                told = since
        elif time.monotonic() > since + STILL_S:
            return ""
        time.sleep(LOOK_S)
    return trouble or "it never stays the same"


def _look(world: World) -> list[tuple[int, int, int]]:
    crowd = [world.folder / f"{name}.db" for name in world.crowd]
    return [look(journal) for journal in (*(kiosk.journal for kiosk in world.kiosks), *crowd)]


def look(journal: Path) -> tuple[int, int, int]:
    """Head, watermark and number of open transactions."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True, timeout=10)) as db:
        sql = "SELECT (SELECT max(seq) FROM fact), watermark, (SELECT count(*) FROM intent) FROM journal"
        ((head, watermark, owed),) = db.execute(sql).fetchall()
        return head or 0, watermark, owed


def _trouble(world: World, readers: Sequence[Readers], now: list[tuple[int, int, int]], *, owed: bool) -> str:
    """What is not quiet yet."""
    down = [process.name for process in world.family.members.values() if not process.is_up]
    inside = [each.name for each in readers if each.is_alive()]
    names = [*(kiosk.place.device for kiosk in world.kiosks), *world.crowd]
    late = [
        f"{name} at {watermark} of {head}, owes {debts}"
        for name, (head, watermark, debts) in zip(names, now, strict=True)
        if watermark < head or (owed and debts)
    ]
    if down or inside or late:
        return "; ".join([*down, *inside, *late])
    return "" if up(f"{world.web_url}/healthz") else "web does not answer"
