"""`shuwu-probe tag`: read, make and write library tags."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import msgspec

from drivers.errors import DriverError, Misuse
from drivers.pad.feig.driver import PadSettings, line
from drivers.probe import tag_encode, tag_text
from drivers.probe.config import devices
from drivers.probe.tag_list import books, text_of
from drivers.probe.tag_progress import Progress
from drivers.probe.tag_write import WORDS, Tagging, Told
from drivers.probe.tag_writer import Manner
from drivers.probe.texts import Texts, language
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


def _stdin() -> str:
    """All of stdin, without a byte order mark.

    Raises:
        Misuse: no UTF-8.
    """
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misuse("stdin is no UTF-8") from None


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
    wanted = tag_text.MODEL_NAMES.get(model.lower())
    with _errors():
        text = " ".join(digits) if digits and digits != ("-",) else _stdin()
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
        asked = tag_encode.wanted(_stdin() if source == "-" else source, changes)
        told = tag_encode.encode(asked)
    _say(told)


def _pair(text: str) -> tuple[str, str]:
    code, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r}: CODE=TEXT was expected", param_hint="--element")
    return code, value


# ---------------------------------------------------------------- write
@tag.command()
@click.argument("shelf", metavar="LIST", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--config", type=click.Path(exists=True, path_type=Path), help="A kiosk.toml: the settings of its pad."
)
@click.option("--port", help="Or the pad's port: a device path or socket://HOST.")
@click.option("--baud", type=int)
@click.option("--parity", type=click.Choice(["N", "E", "O"]))
@click.option("--frame", type=click.Choice(["standard", "advanced"]))
@click.option("--security", type=click.Choice(["afi", "eas", "both"]))
@click.option(
    "--model", type=click.Choice(["iso28560-2", "iso28560-3"]), default="iso28560-2", show_default=True
)
@click.option("--owner", default="", help="ISIL of the library, where the list has no owner.")
@click.option("--usage", default="10", show_default=True, help="Type of usage, where the list has none.")
@click.option("--lent", is_flag=True, help="Written as lent, not as in stock.")
@click.option("--lock", is_flag=True, help="Lock item number and owner for good.")
@click.option("--overwrite", is_flag=True, help="Write tags that carry another item number all the same.")
@click.option("--scan", is_flag=True, help="Each number is scanned or typed first: any order.")
@click.option(
    "--progress", type=click.Path(path_type=Path), help="Where to note what is done; LIST.progress.json."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def write(shelf: Path, progress: Path | None, **options: Any) -> None:
    """Tag a shelf of books from LIST, a CSV file with a column `item`, and count as it goes.

    Each tag is read back. A tag with another number, and two tags at once, are refused. Ctrl-C stops; the
    same command goes on from there.
    """
    texts = Texts(language())
    with _errors():
        tagging = _tagging(shelf, progress, options, texts)
        try:
            count = tagging.run()
        except KeyboardInterrupt:
            click.echo("\n" + texts.say(WORDS, "stopped"), err=True)
            sys.exit(1)
    click.echo(texts.say(WORDS, "end", **asdict(count)), err=True)
    sys.exit(0 if tagging.done == len(tagging.books) else 1)


def _tagging(shelf: Path, progress: Path | None, options: Mapping[str, Any], texts: Texts) -> Tagging:
    """The run that the options ask for.

    Raises:
        Misuse: a list, a progress file or a pad that cannot be.
    """
    defaults = {name: options[name] for name in ("model", "owner", "usage")}
    settings = replace(_pad(options).reader("pad"), few=True)  # one tag lies there: a card reader will do
    return Tagging(
        settings,
        line(settings),
        books(text_of(shelf.read_bytes()), defaults),
        Progress(progress or shelf.with_name(shelf.name + ".progress.json")),
        Manner(settings.security, not options["lent"], options["overwrite"], options["lock"]),
        _as_json if options["as_json"] else _Words(texts),
        _scanned(texts) if options["scan"] else None,
    )


def _pad(options: Mapping[str, Any]) -> PadSettings:
    """The pad of a configuration, or at a port; options count more.

    Raises:
        Misuse: neither, or settings that cannot be.
    """
    asked = {name: options[name] for name in ("port", "baud", "parity", "frame", "security") if options[name]}
    table: dict[str, object] = {}
    config: Path | None = options["config"]
    if config:
        pads = (each.settings for each in devices(config).values())
        table = next((msgspec.structs.asdict(each) for each in pads if isinstance(each, PadSettings)), {})
    try:
        return msgspec.convert({**table, **asked}, PadSettings)
    except msgspec.ValidationError as cause:
        raise Misuse(f"the pad: {cause} (--port or --config)") from None


def _scanned(texts: Texts) -> Iterator[str]:
    """Numbers from stdin, a line each."""
    while True:
        click.echo(texts.say(WORDS, "scan"), nl=False, err=True)
        number = sys.stdin.buffer.readline().decode(errors="replace")
        if not number:
            return
        if number.strip():
            yield number


def _as_json(told: Told) -> None:
    click.echo(json.dumps(asdict(told), ensure_ascii=False))


class _Words:
    """Tells a person, a line at a time."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def __call__(self, told: Told) -> None:
        outcome = told.outcome
        key = "lost" if told.lost else outcome.verdict if outcome else "next"
        unreadable = self._texts.say(WORDS, "unreadable")
        values = {
            "done": told.done,
            "of": told.of,
            "item": told.item,
            "title": told.title,
            "uid": ", ".join(outcome.uids) if outcome else "",
            "count": len(outcome.uids) if outcome else 0,
            "detail": told.lost or (outcome.detail if outcome else "") or unreadable,
        }
        click.echo(self._texts.say(WORDS, key, **values).rstrip())
        for warning in outcome.warnings if outcome else ():
            click.echo(self._texts.say(WORDS, "warning", detail=warning))
