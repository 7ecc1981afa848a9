"""`shuwu-probe tag`: read, make and write library tags."""

from __future__ import annotations

import click


@click.group()
def tag() -> None:
    """Read, make and write library tags."""
