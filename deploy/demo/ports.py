"""Ports for the demo: the usual ones where they are free, others where they are taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from random import SystemRandom

USUAL: Mapping[str, int] = {
    "web": 8000,
    "broker": 1883,
    "sip2": 6001,
    "files": 8443,
    "payments": 8460,
    "xian-desk screen": 8081,
    "shiqiao-room screen": 8082,
    "xian-desk rig": 8091,
    "shiqiao-room rig": 8092,
}
LOOPBACK = "127.0.0.1"


def choose() -> tuple[dict[str, int], list[str]]:
    """A port for each name, and a sentence for each that could not have its usual one."""
    ports: dict[str, int] = {}
    remarks: list[str] = []
    apart = _apart()
    for name, usual in USUAL.items():
        ports[name] = usual if _free(usual) else next(apart)
        if ports[name] != usual:
            remarks.append(f"port {usual} is taken: {name} is at {ports[name]}")
    return ports, remarks


def free() -> dict[str, int]:
    """A free port for each name, none of them the usual one: several networks may run beside each other."""
    return dict(zip(USUAL, _apart(), strict=False))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _apart() -> Iterator[int]:
    """By chance, below those that the system hands out to whoever connects: such a one may be gone before it is used."""
    return filter(_free, SystemRandom().sample(range(20_000, 32_768), 10_000))
