"""Ports for the demo: the usual ones where they are free, others where they are taken."""

from __future__ import annotations

import socket
from collections.abc import Mapping

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
    for name, usual in USUAL.items():
        ports[name] = usual if _free(usual) else _any()
        if ports[name] != usual:
            remarks.append(f"port {usual} is taken: {name} is at {ports[name]}")
    return ports, remarks


def free() -> dict[str, int]:
    """A free port for each name, none of them the usual one: several networks may run beside each other."""
    return {name: _any() for name in USUAL}


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _any() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
