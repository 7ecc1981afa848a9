"""`python -m tests.year [--seed 1] [--years 1] [--days 365] [--json]`: a room's whole year through the real tables.

Exit status 1 where something was not as it must be; the seed repeats it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tests.year import seasons
from tests.year.life import Year, live
from wire.faults import catalogue


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--years", type=int, default=1, help="so many, of seeds that follow")
    parser.add_argument("--days", type=int, default=seasons.DAYS, help="only the first of each")
    parser.add_argument("--json", action="store_true", help="one JSON object a year")
    asked = parser.parse_args()
    for seed in range(asked.seed, asked.seed + asked.years):
        try:
            year = live(seed, asked.days)
        except AssertionError as wrong:
            sys.stderr.write(f"{wrong}\n")
            return 1
        sys.stdout.write((json.dumps(asdict(year)) if asked.json else told(year)) + "\n")
        sys.stdout.flush()
    return 0


def told(year: Year) -> str:
    """For people."""
    faults = catalogue()
    lines = [
        f"seed {year.seed}: {year.days} days, {year.visits} visits, {year.events} events, {year.nights} nights armed",
        f"{year.seconds:.1f} s of the processor, {year.events / year.seconds:.0f} events a second",
        *(f"  refused {n:6}  {faults[fault].title.en}" for fault, n in year.refusals.items()),
        *(f"  fault   {n:6}  {faults[fault].title.en}" for fault, n in year.faults.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
