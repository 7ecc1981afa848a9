"""`make demo`: a network of book rooms on this machine, one visit played through it, links to go on.

Exit status: 0 when every step happened; 1 when one did not; Ctrl-C ends everything that was started.
"""

from __future__ import annotations

import json
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import click

from deploy.demo.network import DESK, ROOM24, Network, network
from deploy.demo.ports import choose
from deploy.demo.processes import Died
from deploy.demo.seed.collection import visit
from deploy.demo.visit import DidNotHappen, Step, figures, play
from wire.faults import fault, number

Say = Callable[[str], None]
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill`, a terminal that was closed."""
LIBRARIES = ("flask", "sqlalchemy", "paho-mqtt", "msgspec", "pyserial", "pymodbus", "amqtt")


@click.command()
@click.option("--once", is_flag=True, help="Play the visit, print the figures, end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout; implies --once.")
def main(once: bool, as_json: bool) -> None:
    """Book rooms on one machine: broker, central, two kiosks, emulated devices."""
    for each in ENDING:
        signal.signal(each, _end)

    def say(text: str) -> None:
        if not as_json:
            click.echo(text)

    ports, remarks = choose()
    for remark in remarks:
        click.echo(remark, err=True)
    say("书屋 Shuwu: starting broker, central, two rooms …")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shuwu-demo-") as folder:
        try:
            with network(Path(folder), ports) as running:
                say(f"up after {time.monotonic() - began:.1f} s\n")
                _show(running, say, once=once or as_json, as_json=as_json)
        except (Died, DidNotHappen) as cause:
            click.echo(f"did not happen: {cause}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            say("\nended")


def _end(told: int, _frame: object) -> None:
    """End, and let no further signal disturb the ending: every process that was started is waited for."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    if told == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + told)


def _show(running: Network, say: Say, *, once: bool, as_json: bool) -> None:
    steps: list[Step] = []
    say(f"{visit().reader.name} visits {ROOM24.title}:")
    with running.places() as places:
        for step in play(visit(), places):
            steps.append(step)
            say(f"  {step.ms:8.1f} ms  {step.name}")
        counted = figures(places.console)
    say(f"             the refused book: {fault(number('on_hold')).reader.zh}")
    say(
        f"\n今日  到馆 {counted['visits']} 人次   外借 {counted['loans']} 册次   归还 {counted['returns']} 册次"
    )
    if as_json:
        click.echo(json.dumps(_object(steps, counted), ensure_ascii=False))
    if not once:
        _stay(running, say)


def _object(steps: list[Step], counted: dict[str, int]) -> dict[str, object]:
    versions = {name: version(name) for name in ("shuwu", *LIBRARIES)}
    return {
        "steps": [{"name": step.name, "ms": step.ms} for step in steps],
        "visits": counted["visits"],
        "loans": counted["loans"],
        "returns": counted["returns"],
        "versions": {"python": platform.python_version(), **versions},
    }


def _stay(running: Network, say: Say) -> None:
    web, logins = running.url("web"), running.secrets.logins
    say(
        "\nThe kiosk's screen      "
        + running.screen(ROOM24)
        + "/      at its door: "
        + running.screen(ROOM24)
        + "/door"
    )
    say("The rig (the room)      " + running.rig(ROOM24) + "/")
    say(f"The technician          {web}/       technician / {logins['technician']}")
    say(f"The librarian           {web}/desk/       librarian / {logins['librarian']}")
    say(f"The manager             {web}/report      manager / {logins['manager']}")
    say(f"\nThe desk at {DESK.title}: {running.screen(DESK)}/ with its rig {running.rig(DESK)}/")
    say(f"Everything else         {web}/            admin / {logins['admin']}")
    say("\nCtrl-C ends it all.")
    while not (dead := running.family.dead()):
        time.sleep(0.5)
    raise Died(f"{', '.join(dead)} ended by itself")


if __name__ == "__main__":
    main()
