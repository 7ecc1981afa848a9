"""`shuwu-probe`: find what is plugged in, test it, read and write tags; make codes."""

from __future__ import annotations

import click

from drivers.probe.code import code
from drivers.probe.code import code
from drivers.probe.commands import find, test
from drivers.probe.tag import tag


@click.group()
def main() -> None:
    """Find what is plugged in, test it and print the acceptance report; read and write tags; make codes."""


main.add_command(find)
main.add_command(test)
main.add_command(tag)
main.add_command(code)
main.add_command(code)

if __name__ == "__main__":
    main(prog_name="shuwu-probe")
