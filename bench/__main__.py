"""`python -m bench [--json] [NAME …]`: every bench (or these), one after the other, in one table.

With `--json`: one line a bench, each the object that `python -m bench.NAME --json` prints.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from bench.report import Figure, show_all

HERE = Path(__file__).parent
IS_A_BENCH = "run_main("


def names() -> list[str]:
    """Every module of this folder that runs by itself."""
    found = (
        path
        for path in sorted(HERE.glob("[a-z]*.py"))
        if IS_A_BENCH in path.read_text("utf-8") and path.stem != "report"
    )
    return [path.stem for path in found]


def main() -> int:
    """Exit status 1 where a bench could not be measured; the others are printed all the same."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--json", action="store_true", help="one JSON object a bench instead of a table")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names())}")
    asked = parser.parse_args()
    results, failed = [], []
    for name in asked.names or names():
        run = [sys.executable, "-m", f"bench.{name}", "--json"]
        done = subprocess.run(run, stdout=subprocess.PIPE, check=False)
        if done.returncode:
            failed.append(name)
            continue
        results.append(json.loads(done.stdout))
        if asked.json:
            print(done.stdout.decode().strip(), flush=True)
    if not asked.json:
        show_all([(result["bench"], [Figure(**f) for f in result["figures"]]) for result in results])
    if failed:
        Console(stderr=True).print(f"not measured: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
