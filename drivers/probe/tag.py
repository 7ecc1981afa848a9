"""`shuwu-probe tag`: read, make and write library tags."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from drivers.errors import DriverError
from drivers.probe import tag_encode, tag_text
from drivers.tag.layout import BLOCK_OCTETS


@click.group()
def tag() -> None:
    """Read, make and write library tags."""


@contextmanager
def _errors() -> Iterator[None]:
    """What a command refuses is one line on stderr and exit status 2."""
    try:
        yield
    except DriverError as cause:
        raise click.UsageError(cause.text) from None


def _say(told: dict[str, object]) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


@tag.command()
@click.argument("digits", metavar="HEX", nargs=-1)
@click.option("--bank", type=click.Choice(["user", "epc"]), default="user", show_default=True)
@click.option(
    "--model",
    type=click.Choice(["auto", *tag_text.MODEL_NAMES], case_sensitive=False),
    default="auto",
    show_default=True,
    help="The model, where it is known: then even a damaged tag is read as far as it goes.",
)
@click.option("--block-octets", type=click.IntRange(1, 32), default=BLOCK_OCTETS, show_default=True)
def decode(digits: tuple[str, ...], bank: str, model: str, block_octets: int) -> None:
    """Print what a tag's memory says, as JSON.

    HEX is the memory from block 0 on; with `--bank epc` the EPC bank of a UHF tag, its user bank behind a `|`.
    Blanks and colons between digits do not count. `-`, or none, reads them from stdin.
    """
    text = " ".join(digits) if digits and digits != ("-",) else sys.stdin.read()
    wanted = tag_text.MODEL_NAMES.get(model.lower())
    with _errors():
        if bank == "epc":
            reading = tag_text.read_epc(text, wanted)
        else:
            reading = tag_text.read_memory(tag_text.octets_of(text), wanted, block_octets)
    _say(tag_text.told(reading))


@tag.command()
@click.argument("source", metavar="[JSON]", required=False, default="")
@click.option("--item", help="Item number.")
@click.option("--owner", help="ISIL of the library.")
@click.option("--parts", type=int, help="Volumes of the set.")
@click.option("--part", type=int, help="Which of them this one is.")
@click.option("--usage", help="Type of usage, two hexadecimal digits: 10 circulating.")
@click.option("--element", "elements", multiple=True, metavar="CODE=TEXT", help="Another element: SL=QA268.")
@click.option(
    "--lock", "locked", multiple=True, metavar="CODE", help="An element to lock; PII and OI unless given."
)
@click.option("--lent", is_flag=True, default=None, help="UHF: on loan.")
@click.option("--model", type=click.Choice(list(tag_text.MODEL_NAMES), case_sensitive=False))
@click.option("--block-octets", type=int)
@click.option("--memory-octets", type=int, help="Of the chip; what does not fit is refused.")
def encode(source: str, elements: tuple[str, ...], locked: tuple[str, ...], **options: object) -> None:
    """Print the octets of a new tag, and what it will say, as JSON.

    JSON is an object as `decode` prints it, of which only `item` is needed; `-` reads it from stdin.
    Options count more than it.
    """
    changes = {name: value for name, value in options.items() if value is not None}
    if locked:
        changes["locked"] = list(locked)
    if elements:
        changes["elements"] = dict(_pair(each) for each in elements)
    with _errors():
        asked = tag_encode.wanted(sys.stdin.read() if source == "-" else source, changes)
        told = tag_encode.encode(asked)
    _say(told)


def _pair(text: str) -> tuple[str, str]:
    code, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r}: CODE=TEXT was expected", param_hint="--element")
    return code, value
