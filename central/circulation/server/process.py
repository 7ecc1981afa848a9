"""The SIP2 server as a process: its configuration, its TLS, its gateways, its end."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import ssl

import structlog

from central import keys
from central.circulation.gateway.routing import Gateways
from central.circulation.server import counting
from central.circulation.server.connection import Limits
from central.circulation.server.listen import SipServer
from central.clock_ms import now_ms
from central.config import Config, ConfigError, Sip2
from central.db import ANSWER_S, open_engine

YOUNG_OBJECTS = 50_000
"""Between two looks for garbage, some 10 MB; Python begins with 700, a look every third message."""
OTHER_FILES = 256
"""Files that a process holds besides its lines: the database's, the log's, lines that are just closing."""

log = structlog.get_logger(__name__)


def serve(config: Config) -> None:
    """Serve the ledger and the gateways until SIGTERM or SIGINT.

    Raises:
        ConfigError: half a TLS identity, one that cannot be read, a missing secret, a gateway that cannot be.
        OSError: the port is taken.
    """
    asyncio.run(_serve(config, keys.load(config.state)))


async def _serve(config: Config, secrets: keys.Keys) -> None:
    limits = Limits()
    _allow_files(limits.connections + OTHER_FILES)
    tls = tls_context(config.sip2)
    engine = open_engine(config.database_url(), ANSWER_S)
    beside = open_engine(config.database_url(), ANSWER_S)  # a pool has places for the threads of one of them
    gateways = Gateways(config.gateway, beside, secrets, now_ms, config.name_zh)
    server = SipServer(
        engine,
        host=config.sip2.host,
        port=config.sip2.port,
        library=config.name_zh,
        tls=tls,
        limits=limits,
        route=gateways.route,
        id_key=secrets.id_cards,
        count=counting.by(gateways.journal),
    )
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    try:
        await server.start()
        gateways.start()
        spare_garbage_collection()
        await told.wait()
    finally:
        await server.stop()
        await gateways.stop()
        beside.dispose()
        engine.dispose()


def spare_garbage_collection() -> None:
    """What is here stays: nobody looks through it again. What a message makes has no cycles and goes by itself."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 10, 10)


def _allow_files(wanted: int) -> None:
    """Take as many open files as the system lets us have: a line is one, and many systems begin with 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning("sip2.few_files", allowed=allowed, wanted=wanted)


def tls_context(sip2: Sip2) -> ssl.SSLContext | None:
    """The server's side of TLS 1.2 or later; None where the configuration has no certificate.

    With `ca` a terminal must show a certificate of that authority.

    Raises:
        ConfigError: certificate without key or the reverse, or files that are no such pair.
    """
    if sip2.certificate is None and sip2.key is None and sip2.ca is None:
        return None
    if sip2.certificate is None or sip2.key is None:
        raise ConfigError("certificate and key go together, and with ca, at `$.sip2`")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(sip2.certificate, sip2.key)
    except (OSError, ssl.SSLError) as cause:
        raise ConfigError(f"{sip2.certificate}: {cause}, at `$.sip2.certificate`") from None
    if sip2.ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(sip2.ca)
        except (OSError, ssl.SSLError) as cause:
            raise ConfigError(f"{sip2.ca}: {cause}, at `$.sip2.ca`") from None
    return context
