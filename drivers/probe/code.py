"""`shuwu-probe code`: keys and dynamic reader codes, for tests and for a site's app."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

import click

from drivers.card.code.dynamic import KEY_OCTETS, NONCE_OCTETS, make
from drivers.card.keyfile import read_keys
from drivers.errors import DriverError


@click.group()
def code() -> None:
    """Make keys and dynamic reader codes."""


@code.command("make")
@click.argument("reader")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The site's keys; the first one makes the code.",
)
@click.option("--at", "made_s", type=int, help="When it was made, in seconds since 1970; now unless given.")
def make_code(reader: str, key_file: Path, made_s: int | None) -> None:
    """Print the code of READER, good once and for a minute. A site's app shows it as a QR code."""
    moment = int(time.time()) if made_s is None else made_s
    try:
        click.echo(make(read_keys(key_file)[0], reader, moment, secrets.token_bytes(NONCE_OCTETS)))
    except DriverError as cause:
        raise click.UsageError(cause.text) from None


@code.command("key")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def mint_key(path: Path) -> None:
    """Write a new key to PATH, which must not exist, for its owner's eyes alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as cause:
        raise click.UsageError(f"{path}: {cause.strerror}") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(KEY_OCTETS)}\n")
