"""python -m drivers.rig --config FILE [--port N]: one emulated room, until SIGTERM or Ctrl-C.

Prints one JSON line when all is up: {"name", "page", "devices": {name: url}}.
Ends with 2 on a wrong configuration, 1 where a port is taken.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from threading import Event

from drivers.rig.app import RigServer
from drivers.rig.config import ConfigError, RigConfig, load
from drivers.rig.room import Room


def main() -> int:
    """Run a rig; the exit status."""
    parser = argparse.ArgumentParser(prog="shuwu-rig", description="One room of emulated devices.")
    parser.add_argument("--config", type=Path, required=True, help="TOML file of the room")
    parser.add_argument("--port", type=int, help="of the page, instead of the file's")
    asked = parser.parse_args()
    try:
        config = load(asked.config)
        return _serve(config, config.port if asked.port is None else asked.port)
    except ConfigError as cause:
        sys.stderr.write(f"{cause}\n")
        return 2
    except OSError as cause:
        sys.stderr.write(f"cannot listen: {cause}\n")
        return 1


def _serve(config: RigConfig, port: int) -> int:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    room = Room(config)
    try:
        server = RigServer(room, port)
        try:
            up = {"name": config.name, "page": server.url, "devices": room.urls}
            sys.stdout.write(json.dumps(up, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            stop.wait()
        finally:
            server.close()
    finally:
        room.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
