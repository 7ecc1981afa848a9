"""`shuwu-probe`: find what is plugged in, test it, read and write tags."""

from __future__ import annotations

import click

from drivers.probe.commands import find, test
from drivers.probe.tag import tag


@click.group()
def main() -> None:
    """Find what is plugged in and name it; test each device and print the acceptance report; read and write tags."""


main.add_command(find)
main.add_command(test)
main.add_command(tag)

if __name__ == "__main__":
    main(prog_name="shuwu-probe")
