"""Central's one seam to paho: a line to the broker that mends itself.

- `open` returns at once; the network thread connects, and again after a loss, waiting 1 to 30 s.
- Subscriptions, will and birth are renewed at every connect; MQTT 3.1.1, window of 50 publications.
- `heard` runs on the network thread: it must be quick and must not wait (put into a queue).
- While the broker is away `publish` raises `BrokerAway`; what was under way when it went is sent again.
- `close` says the last word, disconnects and joins the thread; it may be called twice.
"""

from __future__ import annotations

import logging
import ssl
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, ParamSpec

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from central.config import Mqtt

WINDOW = 50
"""Publications under way at once; 20 to 100 is the flat top of the throughput measured with paho."""
MAX_QUEUED = 2_000
"""Publications that wait for the window; beyond it the broker is as good as away."""
KEEPALIVE_S = 30
RECONNECT_MIN_S = 1
RECONNECT_MAX_S = 30

P = ParamSpec("P")

log = logging.getLogger(__name__)


class BrokerAway(Exception):  # noqa: N818 - a state of the world
    """There is no connection to the broker, or it takes nothing more. Nothing was sent."""


class Message(NamedTuple):
    """Something to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Heard(NamedTuple):
    """Something that the broker delivered."""

    topic: str
    payload: bytes
    retained: bool
    """True: it stood at the broker when we subscribed, it is not news."""


class Publication:
    """A publication under way."""

    def __init__(self, info: paho.MQTTMessageInfo) -> None:
        self._info = info

    def wait(self, timeout_s: float) -> bool:
        """True once the broker has acknowledged it; False when `timeout_s` passed first."""
        try:
            self._info.wait_for_publish(timeout_s)
        except RuntimeError:
            return False
        return bool(self._info.is_published())


class Link:
    """One connection to the broker. See the contract at the module's head."""

    def __init__(
        self,
        config: Mqtt,
        client_id: str,
        heard: Callable[[Heard], None],
        subscriptions: Sequence[tuple[str, int]] = (),
        *,
        will: Callable[[], Message] | None = None,
        born: Callable[[], None] | None = None,
    ) -> None:
        """A link, not yet open.

        Args:
            config: where the broker is and how we prove who we are.
            client_id: ours alone; the broker throws out the older of two.
            heard: called on the network thread with each delivery.
            subscriptions: topic filters and their QoS.
            will: asked before each connect for the last will of that connection.
            born: called on the network thread after each connect, subscriptions sent.
        """
        self._config = config
        self._heard = heard
        self._subscriptions = list(subscriptions)
        self._will = will
        self._born = born
        self._connected = threading.Event()
        self._opened = False
        self._client = self._make(client_id)

    def open(self) -> None:
        """Start the network thread."""
        self._client.connect_async(self._config.host, self._config.port, KEEPALIVE_S)
        self._client.loop_start()
        self._opened = True

    def wait_connected(self, timeout_s: float) -> bool:
        """True once the broker has accepted us; False when `timeout_s` passed first."""
        return self._connected.wait(timeout_s)

    @property
    def connected(self) -> bool:
        """Whether the broker holds us for connected, as far as we know."""
        return self._connected.is_set()

    def publish(self, message: Message) -> Publication:
        """Hand one message to the broker; any thread may.

        Raises:
            BrokerAway: nothing was sent.
        """
        if not self._connected.is_set():
            raise BrokerAway
        info = self._client.publish(message.topic, message.payload, message.qos, message.retain)
        if info.rc == paho.MQTT_ERR_QUEUE_SIZE:
            raise BrokerAway
        return Publication(info)

    def close(self, last: Message | None = None, timeout_s: float = 2.0) -> None:
        """Publish `last` where the broker is there, disconnect without the will, end the thread."""
        if not self._opened:
            return
        self._opened = False
        if last is not None and self.connected:
            self.publish(last).wait(timeout_s)
        self._connected.clear()
        self._client.disconnect()
        self._client.loop_stop()
        self._client._reset_sockets()  # noqa: SLF001 - else paho's own pair of sockets waits for the collector

    def _make(self, client_id: str) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
        )
        client.max_inflight_messages_set(WINDOW)
        client.max_queued_messages_set(MAX_QUEUED)
        client.reconnect_delay_set(RECONNECT_MIN_S, RECONNECT_MAX_S)
        client.suppress_exceptions = True
        if self._config.ca is not None:
            client.tls_set_context(_tls(self._config))
        client.on_pre_connect = self._on_pre_connect
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _on_pre_connect(self, client: paho.Client, _userdata: Any) -> None:
        if self._will is not None:
            will = self._will()
            client.will_set(will.topic, will.payload, will.qos, will.retain)

    def _on_connect(self, client: paho.Client, _userdata: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            log.warning("broker refused the connection: %s", reason)
            return
        self._connected.set()
        if self._subscriptions:
            client.subscribe(self._subscriptions)
        if self._born is not None:
            _run(self._born)

    def _on_connect_fail(self, _client: Any, _userdata: Any) -> None:
        cause = str(sys.exc_info()[1])  # paho calls this where it caught it
        log.warning("broker out of reach: %s", cause)

    def _on_disconnect(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if self._connected.is_set():
            log.warning("broker lost: %s", reason)
        self._connected.clear()

    def _on_subscribe(self, _client: Any, _userdata: Any, _packet: Any, reasons: Any, _props: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            log.error("broker refused a subscription: %s", [str(reason) for reason in reasons])

    def _on_message(self, _client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        _run(self._heard, Heard(topic, bytes(message.payload), bool(message.retain)))


def _run(call: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    """A mistake in a callback is ours and is logged; the line lives on."""
    try:
        call(*args, **kwargs)
    except Exception:
        log.exception("a callback failed")


def _tls(config: Mqtt) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(config.ca))
    if config.certificate is not None:
        context.load_cert_chain(str(config.certificate), config.key and str(config.key))
    return context
