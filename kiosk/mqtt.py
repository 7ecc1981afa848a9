"""The kiosk's one seam to paho: a link to the broker, from one CONNECT to its end.

- A link never mends itself: the next is a new one, with its own last will, and nothing of this one in it.
- `open` takes CONNECT_S at most and raises OSError; then `Opened` comes, or `Closed`, which comes once.
- `post` is called on paho's thread with Opened, Heard and Closed; it must not block (a queue's put).
- `publish` returns at once; what had no PUBACK when the link ends is lost here and sent by its owner.
- MQTT 3.1.1, clean session; TLS with the device's certificate, or plain where `ca` is not set.
- A payload longer than any of ours is cut off: it is refused as malformed, and costs no more memory.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho
from msgspec import Struct
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kiosk import config
from wire.signing import MAX_SIGNED_OCTETS

WINDOW = 20
"""Publications without a PUBACK; 20 to 100 is the flat top of the throughput measured with paho."""
CONNECT_S = 3.0
KEEPALIVE_S = 30
"""A broker that is silent for longer is gone."""


class Message(Struct, frozen=True):
    """Something to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = False


class Opened(Struct, frozen=True):
    """The broker has accepted us."""


class Closed(Struct, frozen=True):
    """The link is over."""

    why: str


class Heard(Struct, frozen=True):
    """The broker delivered this."""

    topic: str
    payload: bytes
    retained: bool
    """It stood at the broker when we subscribed: it is no news."""


LinkEvent = Opened | Closed | Heard


class Link:
    """One connection. See the contract at the module's head."""

    def __init__(
        self, settings: config.Mqtt, client_id: str, will: Message, post: Callable[[LinkEvent], None]
    ) -> None:
        self._settings = settings
        self._post = post
        self._ended = False
        self._client = client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_S
        client.max_inflight_messages_set(WINDOW)
        client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message

    def open(self) -> None:
        """Connect and start paho's thread.

        Raises:
            OSError: the broker cannot be reached, or is not whom its certificate names.
        """
        if self._settings.ca is not None:
            self._client.tls_set_context(_tls(self._settings))
        self._client.connect(self._settings.host, self._settings.port, KEEPALIVE_S)
        self._client.loop_start()

    def subscribe(self, topics: Sequence[str]) -> None:
        self._client.subscribe([(topic, 1) for topic in topics])

    def publish(self, message: Message) -> None:
        """Hand a message to the broker."""
        self._client.publish(message.topic, message.payload, message.qos, message.retain)

    def say_goodbye(self, message: Message, topics: Sequence[str], timeout_s: float) -> None:
        """Publish the last message and see its PUBACK, or the end of that time.

        `topics` are unsubscribed first: what came in unread when the socket closes would reset the
        connection, the broker would never read our DISCONNECT, and a last will would overwrite the message.
        """
        self._client.unsubscribe(list(topics))
        info = self._client.publish(message.topic, message.payload, message.qos, message.retain)
        with suppress(RuntimeError, ValueError):  # the link is over: nobody waits
            info.wait_for_publish(timeout_s)

    def close(self) -> None:
        """Say DISCONNECT, so that there is no last will, and end paho's thread."""
        self._ended = True
        self._client.disconnect()
        self._client.loop_stop()
        self._client._reset_sockets()  # noqa: SLF001 - else paho's own pair of sockets waits for the collector

    def _on_connect(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            self._end(f"refused: {reason}")
        else:
            self._post(Opened())

    def _on_disconnect(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _props: Any) -> None:
        self._end(str(reason))

    def _on_message(self, _client: Any, _userdata: Any, message: paho.MQTTMessage) -> None:
        payload = bytes(message.payload[: MAX_SIGNED_OCTETS + 1])
        with suppress(UnicodeDecodeError):  # no topic of ours
            self._post(Heard(message.topic, payload, bool(message.retain)))

    def _end(self, why: str) -> None:
        if not self._ended:
            self._ended = True
            self._post(Closed(why))


def _tls(settings: config.Mqtt) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(settings.ca))
    if settings.certificate is not None:
        context.load_cert_chain(str(settings.certificate), settings.key and str(settings.key))
    return context
