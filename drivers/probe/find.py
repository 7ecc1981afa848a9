"""Asks every port what is plugged in there, and says it in the words of the configuration.

- Ports are asked side by side, the drivers of one port one after the other: it is one cable.
- The first driver that knows the answer is believed; a driver that fails has not answered.
- Nothing is changed in any device.
- Ctrl-C ends it with the questions that are being asked, within 3 s.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from threading import Event
from typing import Any

import msgspec

from drivers.configured import USUAL, Configured
from drivers.errors import DriverError
from drivers.kit import Driver, Found, Kind, Settings, driver, names
from drivers.probe.ports import Port

AT_ONCE = 16
"""More ports than a kiosk has."""
NUMBERS = ("serial", "module")
"""Settings that hold a device's own number."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One port, and what answered there."""

    port: Port
    found: Found | None


def probing(left_out: Callable[[DriverError], None] = lambda _: None) -> tuple[Driver[Any], ...]:
    """Every driver that may be asked, in that order; `left_out` is told of each that cannot be loaded here."""
    return tuple(
        sorted((each for each in loaded(left_out) if each.probe), key=lambda each: not each.asks_first)
    )


def loaded(left_out: Callable[[DriverError], None] = lambda _: None) -> Iterator[Driver[Any]]:
    """Every driver that can be loaded here."""
    for name in names():
        try:
            yield driver(name)
        except DriverError as cause:
            left_out(cause)


def look(ports: Sequence[Port], drivers: Sequence[Driver[Any]], done: Callable[[], None]) -> list[Seen]:
    """Ask each port by each driver; `done` is called once for each pair, also for those that are spared."""
    over = Event()

    def one(port: Port) -> Seen:
        found: Found | None = None
        for each in drivers:
            found = found or (None if over.is_set() else _asked(each, port.name))
            done()
        return Seen(port, found)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe") as pool:
        try:
            return list(pool.map(one, ports))
        finally:
            over.set()


def _asked(asked: Driver[Any], port: str) -> Found | None:
    assert asked.probe, "probing() left out the others"
    try:
        found = asked.probe(port)
    except Exception:  # noqa: BLE001 - a mistake in one driver, perhaps somebody else's, hides no other device
        return None
    if found and "port" in asked.settings.__struct_fields__:
        return replace(found, settings={**found.settings, "port": port})
    return found


# ---------------------------------------------------------------- beside a configuration
@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a configured device: `ours`, `wrong`, `missing` or `quiet`."""

    text: str
    name: str
    wanted: str
    port: str
    found: str = ""


def compare(seen: Iterable[Seen], devices: Mapping[str, Configured]) -> list[Remark]:
    """Each configured device beside what answers at its port."""
    answers: dict[str, Found | None] = {}
    for each in seen:
        node = each.port.node
        answers |= dict.fromkeys((each.port.name, f"/dev/{node}", f"/dev/usb/{node}"), each.found)
    remarks = []
    for name, device in devices.items():
        port = str(getattr(device.settings, "port", ""))
        found = answers.get(port)
        wanted = " ".join(filter(None, (device.driver, _which(msgspec.structs.asdict(device.settings)))))
        remark = Remark(_verdict(device, found), name, wanted, port)
        remarks.append(replace(remark, found=f"{found.driver}, {found.identity}") if found else remark)
    return remarks


def _verdict(device: Configured, found: Found | None) -> str:
    wanted = driver(device.driver)
    if found:
        said, asked = _which(found.settings), _which(msgspec.structs.asdict(device.settings))
        another = bool(said and asked) and said.casefold() != asked.casefold()
        return "ours" if _are_kin(wanted, driver(found.driver)) and not another else "wrong"
    return "missing" if wanted.probe and not wanted.shy else "quiet"


def _which(settings: Mapping[str, object]) -> str:
    """Which of two alike, by its number; empty where any is good."""
    return next((each for key in NUMBERS if isinstance(each := settings.get(key), str)), "")


def _are_kin(one: Driver[Any], other: Driver[Any]) -> bool:
    """Both speak the same protocol, and their settings have a base of their own: a pad's reader may be a gate's."""
    shared = set(one.settings.__mro__) & set(other.settings.__mro__)
    return bool(shared - set(Settings.__mro__))


# ---------------------------------------------------------------- lines to paste
def lines(seen: Iterable[Seen], taken: Iterable[str] = ()) -> str:
    """The tables of the configuration for all that was found, in TOML; names that are taken are left alone."""
    used, tables = set(taken), []
    for each in seen:
        if each.found is None:
            continue
        name = _name(driver(each.found.driver).kind, used)
        used.add(name)
        head = [f"[devices.{name}]", f"# {each.found.identity}"]
        head += [f"# {warning}" for warning in each.found.warnings]
        rows = {"driver": each.found.driver, **each.found.settings}
        if USUAL.get(name) == each.found.driver:
            rows.pop("driver")
        tables.append("\n".join([*head, *(f"{key} = {_toml(value)}" for key, value in rows.items())]) + "\n")
    return "\n".join(tables)


def _name(kind: Kind, used: set[str]) -> str:
    """What a device of this kind is called where nobody has called it anything: `card`, `card_2`."""
    return next(name for n in count(1) if (name := kind if n == 1 else f"{kind}_{n}") not in used)


def _toml(value: object) -> str:
    """A value in TOML. Its strings are JSON's, but for what neither a name nor a path has."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return json.dumps(msgspec.to_builtins(value, enc_hook=str), ensure_ascii=False)
