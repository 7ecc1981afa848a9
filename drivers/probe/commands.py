"""`shuwu-probe find` and `shuwu-probe test`: what a technician types in a new room."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from drivers.configured import Configured
from drivers.errors import DriverError
from drivers.line.port import mistake
from drivers.probe import find as finding
from drivers.probe.acceptance import Acceptance, CheckReport, Report
from drivers.probe.checks import PERSON_S, RELEASE_MS, Check
from drivers.probe.config import devices as devices_of
from drivers.probe.page import MARKS, figures, page
from drivers.probe.ports import Port, addresses, serial_ports
from drivers.probe.texts import CHECKS, FINDING, INSTRUCTIONS, QUESTIONS, TESTING, Texts, language

COLOURS = {"passed": "green", "failed": "bold red", "skipped": "dim"}


# ---------------------------------------------------------------- find
@click.command()
@click.argument("where", nargs=-1, metavar="[ADDRESS]...")
@click.option("--config", type=click.Path(path_type=Path), help="A kiosk.toml to compare with.")
@click.option("--no-serial", is_flag=True, help="Ask at the given addresses alone.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def find(where: tuple[str, ...], config: Path | None, *, no_serial: bool, as_json: bool) -> None:
    """Ask every serial port, every card reader and each ADDRESS (HOST:PORT) what is plugged in there.

    Nothing is changed in any device. Prints the lines for kiosk.toml.
    """
    for wrong in filter(None, (mistake(port.name) for port in addresses(where))):
        raise click.UsageError(wrong)
    texts, devices = Texts(language()), _devices(config) if config else {}
    told = [str(port) for each in devices.values() if "://" in (port := getattr(each.settings, "port", ""))]
    ports = [*addresses(dict.fromkeys([*where, *told])), *(() if no_serial else _local(texts))]
    seen = _look(ports, texts)
    remarks = finding.compare(seen, devices)
    if as_json:
        found = [{"port": each.port, "found": each.found} for each in seen]
        click.echo(msgspec.json.encode({"ports": found, "configured": remarks}).decode())
    else:
        _show(seen, remarks, texts, devices)
    sys.exit(1 if any(remark.text in {"wrong", "missing"} for remark in remarks) else 0)


def _local(texts: Texts) -> list[Port]:
    """The serial ports, and what services of the system know; a service that is away is a remark."""
    ports = list(serial_ports())
    for known in finding.loaded():
        try:
            ports += [Port(port) for port in known.ports()] if known.ports else []
        except DriverError as cause:
            click.echo(texts.say(FINDING, "service", cause=cause.text), err=True)
    return ports


def _look(ports: list[Port], texts: Texts) -> list[finding.Seen]:
    def left_out(cause: DriverError) -> None:
        click.echo(texts.say(FINDING, "left_out", cause=cause.text), err=True)

    drivers, console = finding.probing(left_out), Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        asking = texts.say(FINDING, "asking", ports=len(ports))
        task = bar.add_task(asking, total=len(ports) * len(drivers))
        return finding.look(ports, drivers, lambda: bar.advance(task))


def _show(
    seen: list[finding.Seen], remarks: list[finding.Remark], texts: Texts, devices: Mapping[str, Configured]
) -> None:
    console = Console()
    if not seen:
        console.print(texts.say(FINDING, "none"))
    else:
        table = Table(*(texts.say(FINDING, key) for key in ("port", "what", "device", "driver")))
        for each in seen:
            identity = each.found.identity if each.found else f"[dim]{texts.say(FINDING, 'silent')}[/dim]"
            alike = f" ({texts.say(FINDING, 'alike')})" if each.port.alike else ""
            table.add_row(
                each.port.name, each.port.what + alike, identity, each.found.driver if each.found else ""
            )
        console.print(table)
    for remark in remarks:
        words = texts.say(FINDING, remark.text, **asdict(remark))
        console.print(
            words, style="bold red" if remark.text in {"wrong", "missing"} else None, highlight=False
        )
    ours = {remark.port for remark in remarks if remark.text == "ours"}
    new = [each for each in seen if each.found and each.port.name not in ours]
    if new:
        console.print("\n" + texts.say(FINDING, "paste") + "\n")
        click.echo(finding.lines(new, devices))


# ---------------------------------------------------------------- test
@click.command()
@click.argument("name", metavar="NAME|all")
@click.option("--config", type=click.Path(path_type=Path), required=True, help="The kiosk's TOML file.")
@click.option("--yes", is_flag=True, help="Nobody is there: do only what needs nobody.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the report to FILE.html and FILE.json.",
)
def test(name: str, config: Path, save: Path | None, *, yes: bool, as_json: bool) -> None:
    """Test one device of a configuration, or all, with instructions on the screen. Stop the kiosk before.

    Ends with 1 where a check was not passed.
    """
    texts, devices = Texts(language()), _devices(config)
    if name != "all" and name not in devices:
        raise click.UsageError(f"{config}: no device {name!r}; there are {', '.join(devices)}")
    if save and not os.access(save.absolute().parent, os.W_OK):
        raise click.UsageError(f"{save}: nothing can be written there")
    chosen = devices if name == "all" else {name: devices[name]}
    screen = Screen(texts)
    try:
        report = Acceptance(screen, texts, attended=not yes).run(chosen)
    except DriverError as cause:
        raise click.ClickException(cause.text) from None
    _tell(report, texts, save, as_json=as_json)
    sys.exit(1 if report.count("failed") else 0)


def _tell(report: Report, texts: Texts, save: Path | None, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        counts = {result: report.count(result) for result in ("passed", "failed", "skipped")}
        click.echo(texts.say(TESTING, "summary", **counts))
    if save:
        _save(report, texts, save)


def _save(report: Report, texts: Texts, save: Path) -> None:
    html = save.with_name(f"{save.name}.html")
    try:
        html.write_text(page(report, texts), encoding="utf-8")
        save.with_name(f"{save.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    except OSError as cause:
        raise click.ClickException(f"{save}: {cause.strerror}") from None
    click.echo(texts.say(TESTING, "saved", path=html), err=True)


class Screen:
    """The technician's terminal: a `drivers.probe.acceptance.Stage` on stderr."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._console = Console(stderr=True, highlight=False)
        self._device = ""

    def begin(self, device: str, check: Check) -> None:
        """Say what is to be done."""
        if device != self._device:
            self._device = device
            self._console.rule(device)
        self._console.print(self._texts.say(CHECKS, check.name), style="bold")
        if check.name in INSTRUCTIONS and check.attended:
            told = self._texts.say(INSTRUCTIONS, check.name, seconds=RELEASE_MS // 1000)
            waiting = self._texts.say(TESTING, "waiting", seconds=round(PERSON_S))
            self._console.print(f"  → {told} [dim]({waiting})[/dim]")

    def end(self, report: CheckReport) -> None:
        """Say how it ended."""
        result = self._texts.say(TESTING, report.result)
        told = report.why or figures(report, self._texts)
        text = f"  {MARKS[report.result]} {report.title}: {result}" + (f" ({told})" if told else "")
        self._console.print(text, style=COLOURS[report.result], markup=False)

    def ask(self, question: str) -> bool:
        """Ask, and wait for y or n."""
        return click.confirm("  " + self._texts.say(QUESTIONS, question), err=True)


def _devices(config: Path) -> dict[str, Configured]:
    """The devices of a kiosk's configuration.

    Raises:
        ClickException: no such file, no TOML, or devices that cannot be.
    """
    try:
        return devices_of(config)
    except DriverError as cause:
        raise click.ClickException(cause.text) from None
