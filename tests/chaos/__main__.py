"""`python -m tests.chaos`: real parts, killed and cut off at random; then the audit.

Exit status 0 where nothing was lost or doubled, 1 otherwise; what is wrong stands on stderr, with the logs kept.
"""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from tests.chaos import nets
from tests.chaos.audit import Findings, audit
from tests.chaos.crowd import Crowd
from tests.chaos.diary import Diary
from tests.chaos.misfortunes import Plan, Storm
from tests.chaos.peace import make_peace
from tests.chaos.processes import Process
from tests.chaos.readers import Readers
from tests.chaos.world import World, world

CROWDED = 50
"""Kiosks of the crowd in one process."""
RETURN = 0.4
"""When the crowd comes back, as a part of the storm."""


@click.command()
@click.option("--kills", default=200, help="kill -9, each kind of process in turn (`misfortunes.VICTIMS`).")
@click.option("--minutes", default=8.0, help="The kills are spread over so long.")
@click.option("--crowd", default=200, help="Kiosks that come back with a day of facts at once.")
@click.option(
    "--seed", type=int, help="Of what is tried; the moments are real, so that no run repeats another."
)
@click.option("--patience", default=240.0, help="Seconds until all must be quiet after the storm.")
@click.option(
    "--half-open/--no-half-open", default=True, help="Lines whose other end is gone: slow to find out."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--logs", type=click.Path(path_type=Path), help="Keep the processes' logs in this folder.")
def main(
    kills: int,
    minutes: float,
    crowd: int,
    seed: int | None,
    patience: float,
    *,
    half_open: bool,
    as_json: bool,
    logs: Path | None,
) -> None:
    """Nothing lost and nothing doubled, whatever is killed."""
    plan = Plan(secrets.randbelow(2**31) if seed is None else seed, kills, minutes, half_open)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    why_not = nets.why_not()
    if why_not:
        click.echo(f"no black holes: {why_not}", err=True)
    else:
        nets.own()
    begun = time.monotonic()
    with world(crowd, apart=not why_not) as running, _kept(running.folder, logs):
        click.echo(f"up after {time.monotonic() - begun:.0f} s, seed {plan.seed}", err=True)
        figures, wrong = live(running, plan, patience)
    figures["seconds"] = round(time.monotonic() - begun)
    if as_json:
        click.echo(json.dumps(figures | {"seed": plan.seed, "wrong": wrong}, ensure_ascii=False))
    else:
        for name, value in figures.items():
            click.echo(f"{value:>10,}  {name}")
    for line in wrong:
        click.echo(f"WRONG  {line}", err=True)
    sys.exit(1 if wrong else 0)


def live(running: World, plan: Plan, patience_s: float) -> tuple[dict[str, int], list[str]]:
    """The storm, the peace after it, and the audit: figures, and what is wrong."""
    diary = Diary()
    readers = [Readers(kiosk, diary, plan.seed) for kiosk in running.kiosks]
    storm = Storm(running, plan)
    crowd = _gather(running, plan.seed)
    for process in crowd:
        storm.extra.append((RETURN, lambda process=process: process.say("go")))
    for each in readers:
        each.start()
    storm.blow()
    click.echo("the storm is over", err=True)
    begun = time.monotonic()
    unrest = make_peace(running, readers, patience_s)
    for each in readers:
        each.join()
    click.echo(f"quiet after {time.monotonic() - begun:.0f} s", err=True)
    found = audit(running, diary)
    for item, story in found.stories.items():
        click.echo("\n".join([f"--- {item}", *story]), err=True)
    wrong = found.wrong + [f"no quiet: {unrest}"] * bool(unrest)
    wrong += [f"{each.name} ended: {each.cause!r}" for each in readers if each.cause]
    wrong += [f"{name} ended by itself: {statuses}" for name, statuses in running.family.fell().items()]
    return _figures(storm.counts, diary, found), wrong


def _figures(counts: Counter[str], diary: Diary, found: Findings) -> dict[str, int]:
    kills = sum(count for name, count in counts.items() if name.startswith("killed"))
    return {
        "kills": kills,
        **dict(sorted(counts.items())),
        "visits": diary.visits,
        "refused at the door": diary.refused,
        "facts compared": found.facts,
        **{f"{name} compared": count for name, count in sorted(found.compared.items())},
        "lent or returned offline": found.offline,
        "still owed": found.owed,
        "for staff": found.staff,
        "inferred": found.inferred,
        "lost": found.lost,
        "doubled": found.doubled,
    }


# ---------------------------------------------------------------- the crowd
def _gather(running: World, seed: int) -> list[Process]:
    """The crowd's processes, their journals filled."""
    made = []
    for job, first in enumerate(range(0, len(running.crowd), CROWDED)):
        devices = running.crowd[first : first + CROWDED]
        for device in devices:
            running.issue(device)
        path = running.folder / f"crowd {job}.json"
        folder, port = str(running.folder), running.broker.port
        crowd = Crowd(folder, port, running.secrets.public_key, seed, devices)
        path.write_bytes(msgspec.json.encode(crowd))
        made.append(running.family.python(f"crowd {job}", "tests.chaos.crowd", str(path), pipe=True))
    for process in made:
        assert process.hear() == "filled", process.tail()
    return made


@contextmanager
def _kept(folder: Path, logs: Path | None) -> Iterator[None]:
    try:
        yield
    finally:
        if logs:
            logs.mkdir(parents=True, exist_ok=True)
            for log in folder.glob("*.log"):
                shutil.copy(log, logs)


if __name__ == "__main__":
    main()
