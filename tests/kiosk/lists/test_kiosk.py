"""A whole kiosk with its threads: a head at a real broker, a body over real HTTPS, and what is left of both."""

from __future__ import annotations

import socket
import threading
import time
from functools import partial

import pytest

from kiosk import build as building
from kiosk.config import load
from kiosk.journal import Journal
from kiosk.lists.keeper import Keeper
from tests.certificates import Authority
from tests.kiosk.lists.server import Server, whole
from tests.kiosk.lists.test_keeper import AT_ONCE
from tests.kiosk.lists.world import DEVICE, SIGNING, announced, deny
from tests.kiosk.mosquitto import Mosquitto
from tests.kiosk.settings import DESK_AND_ROOM, PUBLIC_KEY, written
from tests.kiosk.test_uplink import Client
from wire.envelope import decode_batch, decode_fact
from wire.facts import ListRefused, ListTaken
from wire.orders import Watermark
from wire.signing import public_text, seal

PATIENCE_S = 20
TOPIC = f"shuwu/1/{DEVICE}/lists/deny"
MARK = f"shuwu/1/{DEVICE}/watermark"


def now_ms():
    return time.time_ns() // 1_000_000


class Central(Client):
    """Announces lists, hears the facts about them and says that they are safe."""

    def __init__(self, broker):
        self.facts = []
        super().__init__(broker.client("central"), "central", "shuwu/1/+/facts")
        self.wait(lambda: self.subscribed)
        self.say("shuwu/1/central/condition", b'{"online":true,"session":1}', retain=True)

    def absorb(self, message):
        batch = decode_batch(message.payload)
        mark = Watermark(batch.journal, 1, batch.first + len(batch.facts) - 1, now_ms())
        self.paho.publish(MARK, seal(SIGNING, MARK, mark), 1, retain=True)
        facts = [decode_fact(row.fact) for row in batch.facts]
        self.facts += [fact for fact in facts if isinstance(fact, ListTaken | ListRefused)]

    def announce(self, effect):
        self.say(TOPIC, effect.signed, retain=True)

    def told(self, fact):
        self.wait(lambda: fact in self.facts)


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Broker, server of lists, central, and a function that runs a kiosk."""
    broker, server = Mosquitto(tmp_path / "broker"), Server(tmp_path / "https")
    broker.start()
    central = Central(broker)
    monkeypatch.setattr(building, "Keeper", partial(Keeper, pace=AT_ONCE))
    path = configured(tmp_path, broker, server)
    running = []

    def run():
        daemon = building.build(load(path))
        thread = threading.Thread(target=daemon.run, name="kiosk")
        thread.start()
        running.append((daemon, thread))
        return daemon

    def end():
        while running:
            daemon, thread = running.pop()
            daemon.ask_to_stop()
            thread.join()

    yield central, server, run, end
    end()
    central.end()
    server.end()
    broker.stop()


def configured(folder, broker, server):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        screen = probe.getsockname()[1]
    mqtt, https = broker.client(DEVICE), server.client(DEVICE)
    text = DESK_AND_ROOM.replace("18080", str(screen)).replace(PUBLIC_KEY, public_text(SIGNING.public_key()))
    lists = (
        f'url = "{https.url}"\nca = "{https.ca}"\ncertificate = "{https.certificate}"\nkey = "{https.key}"\n'
    )
    text = text.replace("\n[mqtt]\nport = 9\n", f'{lists}\n[mqtt]\nhost = "127.0.0.1"\nport = {mqtt.port}\n'
        f'ca = "{mqtt.ca}"\ncertificate = "{mqtt.certificate}"\nkey = "{mqtt.key}"\n')  # fmt: skip
    return written(folder, text)


def test_a_list_comes_into_force_and_stays_over_a_restart_without_a_network(world, tmp_path):
    central, server, run, end = world
    effect, octets = announced(deny(5, "111"))
    server.scripts = [whole(octets)]
    central.announce(effect)
    run()
    central.told(ListTaken("deny", 5, 1))
    end()
    server.scripts = [whole(b"", status="404 Not Found")]
    daemon = run()
    event = threading.Event()
    while not event.wait(0.01):
        standing = daemon.loop.kiosk.lists
        if standing.lists.denies_reader("111"):
            event.set()
    assert [request.split()[1] for request in server.requests if "/lists/" in request] == ["/lists/deny/5"]
    end()
    journal = Journal.open(tmp_path / "state" / "journal.db", bytes(32))
    facts = [decode_fact(row.fact) for row in journal.since(0, 100)]
    assert [fact for fact in facts if isinstance(fact, ListTaken | ListRefused)] == [ListTaken("deny", 5, 1)]
    assert journal.recall("list.deny") == "5"
    journal.close()


def test_an_older_list_is_refused_after_a_restart_and_with_the_file_gone(world, tmp_path):
    central, server, run, end = world
    effect, octets = announced(deny(5, "111"))
    server.scripts = [whole(octets)]
    central.announce(effect)
    run()
    central.told(ListTaken("deny", 5, 1))
    end()
    (tmp_path / "state" / "lists" / "deny.list").unlink()
    central.announce(announced(deny(4, "222"))[0])
    daemon = run()
    central.told(ListRefused("deny", 4, "older than one that was in force"))
    assert not daemon.loop.kiosk.lists.lists.denies_reader("222")
    central.announce(effect)
    central.wait(lambda: sum("/lists/" in request for request in server.requests) == 2)


def test_a_server_that_is_not_central_s_gives_no_list(world, tmp_path):
    central, server, run, _ = world
    effect, octets = announced(deny(5, "111"))
    server.scripts = [whole(octets)]
    stranger = Authority(tmp_path / "stranger").certificate.read_bytes()
    server.authority.certificate.write_bytes(stranger)
    central.announce(effect)
    run()
    central.wait(lambda: any(isinstance(fact, ListRefused) for fact in central.facts))
    assert "CERTIFICATE_VERIFY_FAILED" in central.facts[0].why
    assert server.requests == []
