"""What a bench prints: `python -m bench.NAME [--json]`.

The JSON is one object:
    {"bench", "machine", "figures": [{"name", "value", "unit", "low", "high", "runs", "reference", "ratio"}]}
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from inspect import signature
from math import ceil
from pathlib import Path

from rich.console import Console
from rich.table import Table

PAGE = 140
"""Characters a line where the output is no terminal."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside what it is measured against."""

    name: str
    value: float
    """The median of the runs, or what the name says."""
    unit: str
    low: float
    high: float
    runs: int
    reference: str | None = None
    """The limit or peer, with its own value, computed or measured in the same run."""
    ratio: float | None = None
    """Value to reference."""


def figure(
    name: str,
    unit: str,
    samples: Sequence[float],
    reference: tuple[str, float] | None = None,
) -> Figure:
    """The figure of several runs: median, lowest, highest, and the ratio to a reference (name, value)."""
    value = statistics.median(samples)
    named = f"{reference[0]}: {reference[1]:.4g} {unit}" if reference else None
    ratio = round(value / reference[1], 4) if reference else None
    low, high = min(samples), max(samples)
    return Figure(name, round(value, 3), unit, round(low, 3), round(high, 3), len(samples), named, ratio)


def tail(
    name: str, unit: str, samples: Sequence[float], reference: tuple[str, float], percent: int = 95
) -> Figure:
    """The same with a percentile as its value: by default what all but one in twenty waited at most."""
    value = sorted(samples)[ceil(len(samples) * percent / 100) - 1]
    median = figure(name, unit, samples, reference)
    ratio = round(value / reference[1], 4)
    return replace(median, name=f"{name}, p{percent}", value=round(value, 3), ratio=ratio)


def machine() -> str:
    """Where this ran: processor, cores, kernel, Python."""
    cores = os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def run_main(bench: str, measure: Callable[..., list[Figure]]) -> None:
    """The body of every bench's `__main__`: measures, then prints a table, or JSON with `--json`.

    Each parameter of `measure` is a whole number with a default, and an option of that name.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bench.{bench}")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    for name, parameter in signature(measure).parameters.items():
        parser.add_argument(f"--{name}", type=int, default=parameter.default)
    asked = vars(parser.parse_args())
    as_json = asked.pop("json")
    figures = measure(**asked)
    if as_json:
        print(json.dumps({"bench": bench, "machine": machine(), "figures": [asdict(f) for f in figures]}))
    else:
        show(bench, figures)


def show(bench: str, figures: Sequence[Figure]) -> None:
    """The table of one bench, for people."""
    show_all([(bench, figures)])


def show_all(results: Sequence[tuple[str, Sequence[Figure]]]) -> None:
    """One table of several benches, a section each."""
    table = Table(title=", ".join(bench for bench, _ in results), caption=machine())
    for column in ("bench", "figure", "median", "low", "high", "runs", "reference", "ratio"):
        table.add_column(column, justify="left" if column in {"bench", "figure", "reference"} else "right")
    for bench, figures in results:
        for each in figures:
            ratio = "" if each.ratio is None else f"{each.ratio:.3f}"
            value, low, high = (f"{n:.4g}" for n in (each.value, each.low, each.high))
            row = (each.name, f"{value} {each.unit}", low, high, str(each.runs), each.reference or "", ratio)
            table.add_row(bench, *row)
        table.add_section()
    Console(width=None if sys.stdout.isatty() else PAGE).print(table)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
