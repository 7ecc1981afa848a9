"""`python -m tests.simulation --days N`: simulate kiosk-days, and show the seed of whatever fails."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter

import click

from tests.simulation.runs import KIOSK_DAYS, live_all


@click.command()
@click.option("--days", default=60, help="Kiosk-days to simulate.")
@click.option("--seed", type=int, help="Begin with this seed; alone (--days 1) it replays one world.")
@click.option("--jobs", default=os.cpu_count() or 1, help="Worlds beside each other.")
def main(days: int, seed: int | None, jobs: int) -> None:
    """Simulate at least so many kiosk-days; exit status 1 where a promise did not hold."""
    first = secrets.randbelow(2**31) if seed is None else seed
    seeds = range(first, first + -(-days // KIOSK_DAYS))
    begun, total, failed = time.perf_counter(), Counter[str](), []
    for result in live_all(seeds, min(jobs, len(seeds))):
        total += result.figures
        if result.failure:
            failed.append(result.seed)
            click.echo(f"\n{result.failure}\nseed {result.seed} failed", err=True)
    seconds = time.perf_counter() - begun
    for name, count in sorted(total.items()):
        click.echo(f"{count:>10,}  {name}")
    rate = total["kiosk-days"] / seconds
    click.echo(f"{rate:>10.1f}  kiosk-days a second, {seconds:.0f} s, seeds {seeds[0]} to {seeds[-1]}")
    if failed:
        click.echo(f"failed: {' '.join(f'--days 1 --seed {one}' for one in failed)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
