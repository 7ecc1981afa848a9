"""Every bench is a command, and stands on the page of the benchmarks."""

from __future__ import annotations

import pytest

from tests.house.tree import ROOT

PAGE = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "bench").glob("[a-z]*.py")}
BENCHES = sorted(name for name, text in SOURCES.items() if "\n    run_main(" in text)


def test_there_are_benches():
    assert {"pad", "visit"} <= set(BENCHES)


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_says_its_own_name(name: str):
    assert f'run_main("{name}", measure)' in SOURCES[name]


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_stands_on_the_page(name: str):
    assert f"\n## {name}\n\n`python -m bench.{name}`" in PAGE
