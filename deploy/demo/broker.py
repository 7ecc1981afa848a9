"""The demo's MQTT broker: amqtt, anonymous, on loopback alone.

For the demo and nothing else: it loses queued messages and does not keep clients apart. Facts are not
lost by it all the same, because a kiosk's cursor moves on central's watermark.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Iterator
from typing import Any

from amqtt.broker import Broker
from amqtt.session import Session

Subscribed = list[tuple[Session, int]]


class Subscriptions(dict[str, Subscribed]):
    """Subscriptions that may change while amqtt walks over them.

    It sends retained messages between one and the next; where somebody else subscribed meanwhile, the client that
    had just come was left with a line on which nobody speaks.
    """

    def __iter__(self) -> Iterator[str]:
        return iter(list(dict.keys(self)))

    def items(self) -> Any:
        """Pairs, as they stand now."""
        return list(dict.items(self))


async def serve(port: int) -> None:
    """Run until SIGTERM or SIGINT."""
    config = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
    }
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    broker = Broker(config)
    broker._subscriptions = Subscriptions()  # noqa: SLF001 - amqtt makes a plain one, and has no seam for it
    await broker.start()
    await stop.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(serve(int(sys.argv[1])))
