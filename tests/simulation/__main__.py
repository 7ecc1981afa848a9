"""`python -m tests.simulation --days N`: simulate kiosk-days, and show the seed of whatever fails."""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count, islice
from zlib import crc32

import click

from tests.simulation.runs import DAYS, KIOSKS, Result, find_all, live_all
from tests.simulation.sabotage import SABOTAGES


@click.command()
@click.option("--days", default=60, help="Kiosk-days to simulate, rounded up to whole worlds.")
@click.option("--hours", type=float, help="Rather than a number of days: until then, or until a seed fails.")
@click.option("--seed", type=int, help="First seed; with --days 1 it replays one world.")
@click.option("--kiosks", default=KIOSKS, help="Kiosks of one world.")
@click.option("--faults", default=1, help="So many times as many faults as usual.")
@click.option("--jobs", default=os.cpu_count() or 1, help="Worlds beside each other.")
@click.option(
    "--sabotage",
    type=click.Choice(["all", *SABOTAGES]),
    help="Plant a known mistake, or each: it must be found.",
)
@click.option("--json", "as_json", is_flag=True, help="One object instead of lines.")
def main(
    *,
    days: int,
    hours: float | None,
    seed: int | None,
    kiosks: int,
    faults: int,
    jobs: int,
    sabotage: str,
    as_json: bool,
) -> None:
    """Simulate at least so many kiosk-days; exit status 1 where a promise did not hold."""
    first = secrets.randbelow(2**31) if seed is None else seed
    if sabotage == "all":
        _find_all(first, jobs)
        return
    worlds = -(-days // (kiosks * DAYS))
    begun = time.perf_counter()
    results = []
    for result in live_all(_seeds(first, worlds, hours), kiosks, min(jobs, worlds), sabotage, faults):
        results.append(result)
        if result.failure:
            click.echo(f"\n{result.failure}", err=True)
            if hours is not None or sabotage:
                break
    figures = _sum_up(results, time.perf_counter() - begun)
    click.echo(json.dumps(figures) if as_json else _table(figures))
    sys.exit(1 if figures["failed"] else 0)


def _find_all(first: int, jobs: int) -> None:
    """Plant each known mistake; exit status 1 where one is not found."""
    missed = 0
    for (name, mistake), hit in zip(SABOTAGES.items(), find_all(first, jobs), strict=True):
        missed += not hit
        click.echo(f"{'found' if hit else 'MISSED':>12}  {name}: {mistake.what}")
    if missed:
        click.echo(f"again: python -m tests.simulation --sabotage all --seed {first}", err=True)
    sys.exit(bool(missed))


def _seeds(first: int, worlds: int, hours: float | None) -> Iterator[int]:
    """So many seeds, or one after the other until the time is up."""
    if hours is None:
        yield from islice(count(first), worlds)
        return
    until = time.monotonic() + hours * 3600
    for seed in count(first):
        if time.monotonic() >= until:
            return
        yield seed


def _sum_up(results: list[Result], seconds: float) -> dict[str, object]:
    total, digest = Counter[str](), 0
    for result in results:
        total += result.figures
        digest = crc32(str(result.digest).encode(), digest)
    return {
        "seeds": [results[0].seed, results[-1].seed],
        "failed": [result.seed for result in results if result.failure],
        "seconds": round(seconds, 1),
        "kiosk-days a second": round(total["kiosk-days"] / seconds, 2),
        "digest": digest,
        "figures": dict(sorted(total.items())),
    }


def _table(figures: dict[str, object]) -> str:
    counts: dict[str, int] = figures.pop("figures")  # type: ignore[assignment]  # see _sum_up
    lines = [f"{number:>12,}  {name}" for name, number in counts.items()]
    return "\n".join([*lines, *(f"{value!s:>12}  {name}" for name, value in figures.items())])


if __name__ == "__main__":
    main()
