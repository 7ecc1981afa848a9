"""A scripted library system on real TCP, and the kiosk's client before it."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from queue import Queue
from threading import Thread

from msgspec.structs import replace

from drivers.pump import BackOff
from kiosk import config
from kiosk.events import IlsChanged
from kiosk.ils import Ils
from wire.sip2.codec import checksum

CARD, PASSWORD = "20011234", "geheim-ils"
SOON = BackOff(first_s=0.01, cap_s=0.01)
DATE = b"20260921    234007"
LOGIN = b"9300CNkiosk|COgeheim-ils|CProom|AY0AZ"
STATUS = b"9900802.00AY1AZFCA0\r"


def sealed(text):
    """The frame with its checksum and CR; `text` ends with AZ."""
    return text + checksum(text) + b"\r"


def item(sequence):
    return sealed(b"18030001" + DATE + b"ABB1|AJT|AY%dAZ" % sequence)


def lent(sequence, ab=b"B1"):
    return sealed(b"121NNY" + DATE + b"AO|AA" + CARD.encode() + b"|AB" + ab + b"|AJT|AH|AY%dAZ" % sequence)


def status(sequence, online=b"Y", offline=b"N", takes=b"YY"):
    """98; `takes`: checkin ok, checkout ok."""
    return sealed(
        b"98"
        + online
        + takes
        + b"NN"
        + offline
        + b"030003"
        + DATE
        + b"2.00AO|BXYYYYYYYYYYYNNNNN|AY%dAZ" % sequence
    )


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock):
        self.sock = sock
        self.rest = b""

    def read(self):
        """The next frame with its CR; empty at the end of the line."""
        while b"\r" not in self.rest:
            octets = self.sock.recv(4096)
            if not octets:
                return b""
            self.rest += octets
        frame, _, self.rest = self.rest.partition(b"\r")
        return frame + b"\r"

    def expect(self, start):
        frame = self.read()
        assert frame.startswith(start), (frame, start)
        return frame

    def say(self, octets):
        self.sock.sendall(octets)

    def welcome(self, **says):
        """Login and status, as every connection begins."""
        assert self.expect(LOGIN) == sealed(LOGIN)
        self.say(sealed(b"941AY0AZ"))
        assert self.expect(b"99") == STATUS
        self.say(status(1, **says))

    def flood(self, octets):
        """Say it until the other end has closed."""
        with suppress(OSError):
            while True:
                self.say(octets)

    def until_closed(self):
        while self.read():
            pass


class Acs:
    """A server whose connections are given: each is a function of its Peer. After the last, nobody listens."""

    def __init__(self, *lives, wrap=lambda sock: sock):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.ending = False
        self.port = self.listener.getsockname()[1]
        self.errors = []
        self.thread = Thread(target=self.run, args=(lives, wrap))
        self.thread.start()

    def run(self, lives, wrap):
        try:
            for number, life in enumerate(lives, start=1):
                sock, _ = self.listener.accept()
                if number == len(lives):
                    self.listener.close()
                sock.settimeout(20)
                with closing(wrap(sock)) as line:
                    life(Peer(line))
        except Exception as error:  # noqa: BLE001 - the test's own thread raises it, in `end`
            if not (self.ending and isinstance(error, OSError)):
                self.errors.append(error)
        finally:
            self.listener.close()

    def end(self):
        self.ending = True
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(20)
        assert self.errors == []
        assert not self.thread.is_alive()


class Desk:
    """An Ils on a queue, with what must hold at its end."""

    def __init__(self, tmp_path, port, timeout_s=10.0, dialect="shuwu", **settings):
        password = tmp_path / "ils.password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)
        self.events = Queue()
        self.ils = Ils(
            config.Ils("127.0.0.1", port, "kiosk", password, dialect=dialect, **settings),
            timeout_s,
            "room",
            self.put,
            self.name,
            backoff=SOON,
        )

    def name(self, card):
        if card == "broken":
            raise ValueError(card)
        return f"name of {card}"

    def put(self, event):
        """What the ILS takes is put aside: one test is about it."""
        if isinstance(event, IlsChanged):
            self.takes = event.takes
            event = replace(event, takes=frozenset())
        self.events.put(event)

    def get(self):
        return self.events.get(timeout=20)

    def told(self, *events):
        for event in events:
            assert self.get() == event
