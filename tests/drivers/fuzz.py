"""`python -m tests.drivers.fuzz [NAME]... --inputs 1000000 --seed 1`: any octets to every codec of the drivers.

A target is a module `fuzz_NAME.py` beside the tests of its codec, with `feed(octets)`: it takes anything and
raises nothing but by a mistake. `SEEDS` in it are right messages, which are cut, flipped, doubled and spliced.
A run fails where something is raised, with the input that did it, or where memory grows.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import track

HERE = Path(__file__).parent
GROWTH_MB = 16.0
"""What a run may grow after its first tenth: the allocator keeps what it has."""
LONGEST = 600
"""Octets of an input: more than any frame but those that must be refused for their length."""


@dataclass(frozen=True, slots=True)
class Target:
    """One codec."""

    name: str
    feed: Callable[[bytes], None]
    seeds: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run has shown."""

    name: str
    inputs: int
    seconds: float
    grown_mb: float
    """Resident memory after it, less that after its first tenth."""


def names() -> list[str]:
    """Every target, by the files that are there."""
    return sorted(path.stem.removeprefix("fuzz_") for path in HERE.rglob("fuzz_*.py"))


def target(name: str) -> Target:
    """The target of this name."""
    (path,) = HERE.rglob(f"fuzz_{name}.py")
    dotted = ".".join(path.relative_to(HERE.parents[1]).with_suffix("").parts)
    module = import_module(dotted)
    return Target(name, module.feed, tuple(getattr(module, "SEEDS", ())))


def run(each: Target, inputs: int, seed: int, watch: Callable[[range], object] = lambda steps: steps) -> Ran:
    """Feed so many inputs; the same seed feeds the same ones.

    Raises:
        AssertionError: the codec raised; the text has the input.
    """
    dice, began, settled = Random(f"{each.name} {seed}"), time.process_time(), 0.0
    for step in watch(range(inputs)):  # type: ignore[attr-defined]  # the range, with a bar or without
        octets = _input(dice, each.seeds)
        try:
            each.feed(octets)
        except Exception as cause:
            raise AssertionError(
                f"{each.name}: {type(cause).__name__}: {cause} - at {octets.hex(' ')}"
            ) from cause
        if step == inputs // 10:
            settled = _resident_mb()
    return Ran(each.name, inputs, time.process_time() - began, _resident_mb() - settled)


def _input(dice: Random, seeds: Sequence[bytes]) -> bytes:
    """Noise, or something that was right once."""
    if not seeds or dice.random() < 0.2:
        return dice.randbytes(dice.randrange(LONGEST))
    octets = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(octets) + 1)
        match dice.randrange(6):
            case 0:
                octets[at : at + 1] = dice.randbytes(1)
            case 1:
                del octets[at : at + dice.randint(1, 8)]
            case 2:
                octets[at:at] = dice.randbytes(dice.randint(1, 8))
            case 3:
                octets[at:at] = octets[at : at + dice.randint(1, 64)]
            case 4:
                octets[at:] = dice.choice(seeds)[dice.randrange(8) :]
            case 5 if at < len(octets):
                octets[at] ^= 1 << dice.randrange(8)
    return bytes(octets[: 4 * LONGEST])


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> int:
    """Run every named target; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names())}; none: all")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(names()):
        parser.error(f"no target is called {', '.join(sorted(unknown))}")
    failed, console = False, Console(stderr=True)
    for name in asked.names or names():
        try:
            ran = run(
                target(name),
                asked.inputs,
                asked.seed,
                lambda steps, name=name: track(steps, name, console=console, transient=True),
            )
        except AssertionError as cause:
            failed = True
            sys.stdout.write(f"{cause}\n")
            continue
        failed = failed or ran.grown_mb > GROWTH_MB
        rate = ran.inputs / ran.seconds if ran.seconds else 0
        sys.stdout.write(f"{name}: {ran.inputs} inputs, {rate:.0f}/s, {ran.grown_mb:+.1f} MB\n")
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
