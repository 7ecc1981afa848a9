"""python -m tests.kiosk.monkey START COUNT: so many walks; each failure with its seed and what happened last."""

from __future__ import annotations

import sys
import traceback

import click

from tests.kiosk.monkey.walk import Walk

STEPS = 700


@click.command()
@click.argument("start", type=int)
@click.argument("count", type=int)
def main(start: int, count: int) -> None:
    failed = 0
    for seed in range(start, start + count):
        walk = Walk(seed)
        try:
            walk.go(STEPS)
        except Exception:  # noqa: BLE001 - whatever it is, its seed is told and the next one goes
            failed += 1
            click.echo("\n".join((f"seed {seed}", traceback.format_exc(), *map(repr, walk.last))), err=True)
    click.echo(f"{count} walks of {STEPS} steps, {failed} failed")
    sys.exit(min(failed, 1))


if __name__ == "__main__":
    main()
