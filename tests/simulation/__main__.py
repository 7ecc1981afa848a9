"""`python -m tests.simulation --days N`: simulate kiosk-days, and show the seed of whatever fails."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter

import click

from tests.simulation.runs import DAYS, KIOSKS, live_all


@click.command()
@click.option("--days", default=60, help="Kiosk-days to simulate, rounded up to whole worlds.")
@click.option("--seed", type=int, help="First seed; with --days 1 it replays one world.")
@click.option("--kiosks", default=KIOSKS, help="Kiosks of one world.")
@click.option("--jobs", default=os.cpu_count() or 1, help="Worlds beside each other.")
def main(days: int, seed: int | None, kiosks: int, jobs: int) -> None:
    """Simulate at least so many kiosk-days; exit status 1 where a promise did not hold."""
    first = secrets.randbelow(2**31) if seed is None else seed
    seeds = range(first, first + -(-days // (kiosks * DAYS)))
    begun, total, failed = time.perf_counter(), Counter[str](), 0
    for result in live_all(seeds, kiosks, min(jobs, len(seeds))):
        total += result.figures
        if result.failure:
            failed += 1
            click.echo(f"\n{result.failure}", err=True)
            click.echo(
                f"seed {result.seed} failed: --days 1 --seed {result.seed} --kiosks {kiosks}", err=True
            )
    seconds = time.perf_counter() - begun
    for name, count in sorted(total.items()):
        click.echo(f"{count:>10,}  {name}")
    rate = total["kiosk-days"] / seconds
    click.echo(f"{rate:>10.1f}  kiosk-days a second, {seconds:.0f} s, seeds {seeds[0]} to {seeds[-1]}")
    click.echo(f"{failed:>10}  seeds failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
