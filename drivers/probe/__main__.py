"""`shuwu-probe`: find what is plugged in, test it, read and write tags; make codes."""

from __future__ import annotations

import click

from drivers.probe.code import code
from drivers.probe.commands import find, test
from drivers.probe.tag import tag


@click.group()
def main() -> None:
    """Find what is plugged in, test it and print the acceptance report; read and write tags; make codes."""


for command in (find, test, tag, code):
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="shuwu-probe")
