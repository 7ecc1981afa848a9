"""`shuwu-central payments` and `payments-local`: the process that deals with payments, and a provider to try with."""

from __future__ import annotations

import signal
from threading import Thread
from typing import TYPE_CHECKING

import click

from central.config import Config, ConfigError
from central.options import database, with_config

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

NOTIFY = "/payments/notify"
"""Where the web process hears of money."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command()
@with_config
def payments(config: Config) -> None:
    """Codes for what readers want to pay at kiosks, and the word of money. One at a time, by a lease."""
    from central import keys, log
    from central.db import ANSWER_S
    from central.payments.process import Till
    from central.payments.provider import load

    log.configure()
    provider = load(config)
    if provider is None:
        raise ConfigError("there is no payment provider - at `$.payments.provider`")
    with database(config, ANSWER_S) as engine:
        till = Till(config, keys.load(config.state), engine, provider)
        for number in SIGNALS:
            signal.signal(number, lambda *_: till.stop())
        till.run()


@click.command(name="payments-local")
@with_config
def payments_local(config: Config) -> None:
    """A provider to try payments with; it takes no money. Needs `provider = "local"`."""
    from central import log

    log.configure()
    server = local_server(config)
    for number in SIGNALS:
        signal.signal(number, lambda *_: Thread(target=server.shutdown).start())
    server.serve_forever()
    server.server_close()


def local_server(config: Config) -> BaseWSGIServer:
    """The provider for trying, with the key that central has.

    Raises:
        ConfigError: another provider is configured.
    """
    from central.payments import provider
    from central.payments.local import client, server

    if config.payments.provider != "local":
        raise ConfigError("another provider takes the money - at `$.payments.provider`")
    provider.load(config)
    key = provider.secret(config.payments.secrets["key"])
    url = f"http://{config.web.host}:{config.web.port}{NOTIFY}"
    return server.open_server(client.address(config.payments.settings), key, server.notifier(url, key))
