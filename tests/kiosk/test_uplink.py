"""The uplink against a real mosquitto: TLS, client certificates, an access list; and a central in the test."""

from __future__ import annotations

import sqlite3
import ssl
import time
from queue import Queue
from threading import Condition as Monitor

import msgspec
import paho.mqtt.client as paho
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paho.mqtt.enums import CallbackAPIVersion

from drivers.pump import BackOff
from kiosk.central_events import MessageRefused, OrderArrived, UplinkChanged, WatermarkMoved
from kiosk.clock import Now
from kiosk.effects import Record
from kiosk.events import Ticked
from kiosk.journal import Journal
from kiosk.journal.journal import FRESH
from kiosk.uplink import Uplink
from tests.certificates import Authority
from tests.kiosk.mosquitto import Mosquitto
from wire.condition import CentralCondition, Condition, Vitals, decode, encode
from wire.envelope import Malformed, Stamp, decode_batch, decode_fact
from wire.facts import VisitEntered
from wire.orders import Order, Watermark
from wire.signing import seal
from wire.topics import CENTRAL_CONDITION

DEVICE = "zhen-24h-1"
OWN = f"shuwu/1/{DEVICE}"
SIGNING = Ed25519PrivateKey.generate()
STRANGER = Ed25519PrivateKey.generate()
SOON = BackOff(first_s=0.05, cap_s=0.2)
CENTRAL_AHEAD_MS = 5_000
"""Of the kiosk's wall clock."""
AHEAD_MS = 1_790_000_000_000 + CENTRAL_AHEAD_MS
"""Of its monotonic one."""
PATIENCE_S = 20


class HandClock:
    """Time that moves when a test says so."""

    boot = "9c" * 8

    def __init__(self):
        self.ms = 1_000

    def now(self):
        return Now(AHEAD_MS - CENTRAL_AHEAD_MS + self.ms, self.ms)

    def is_set(self):
        return True

    def is_synchronised(self):
        return False


def worded(payload):
    """State, why and session of a condition; None where it is none."""
    try:
        condition = decode(payload, Condition)
    except Malformed:
        return None
    return condition.state, condition.why, condition.session


class Client:
    """A paho client with what it heard, and a monitor to wait on."""

    def __init__(self, settings, client_id, *topics):
        self.heard = []
        self.monitor = Monitor()
        self.subscribed = False
        self.paho = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        context = ssl.create_default_context(cafile=settings.ca)
        context.load_cert_chain(settings.certificate, settings.key)
        self.paho.tls_set_context(context)
        self.paho.reconnect_delay_set(1, 1)
        self.paho.on_connect = lambda *_: self.paho.subscribe([(t, 1) for t in topics]) if topics else None
        self.paho.on_subscribe = lambda *_: self.note("subscribed")
        self.paho.on_message = lambda _c, _u, message: self.take(message)
        self.paho.connect_async(settings.host, settings.port)
        self.paho.loop_start()

    def note(self, name):
        with self.monitor:
            setattr(self, name, True)
            self.monitor.notify_all()

    def take(self, message):
        with self.monitor:
            self.heard.append(message)
            self.absorb(message)
            self.monitor.notify_all()

    def absorb(self, message):
        pass

    def wait(self, happened):
        with self.monitor:
            assert self.monitor.wait_for(happened, PATIENCE_S)

    def say(self, topic, payload, *, retain=False):
        self.paho.publish(topic, payload, 1, retain).wait_for_publish(PATIENCE_S)

    def end(self):
        self.paho.disconnect()
        self.paho.loop_stop()


class Central(Client):
    """Takes facts as ingest does: keyed, a gap mints an epoch, the watermark follows; some are lost."""

    def __init__(self, broker, clock):
        self.clock = clock
        self.rows = {}
        self.order = []
        self.epoch = 1
        self.batches = 0
        self.lose = 0
        self.conditions = []
        super().__init__(
            broker.client("central"), "central", "shuwu/1/+/facts", f"{OWN}/condition", f"{OWN}/vitals"
        )
        self.wait(lambda: self.subscribed)

    def absorb(self, message):
        if message.topic.endswith("/condition"):
            self.conditions.append(worded(message.payload))
        if not message.topic.endswith("/facts"):
            return
        batch = decode_batch(message.payload)
        self.batches += 1
        if batch.first > len(self.rows) + 1:
            self.epoch += 1
        else:
            for seq, row in enumerate(batch.facts, start=batch.first):
                if seq not in self.rows:
                    self.rows[seq] = decode_fact(row.fact)
                    self.order.append(seq)
        if self.lose:
            self.lose -= 1
        else:
            self.acknowledge(batch.journal)

    def acknowledge(self, journal):
        self.paho.publish(f"{OWN}/watermark", self.watermark(journal, len(self.rows)), 1, retain=True)

    def watermark(self, journal, seq, key=SIGNING, epoch=None):
        now_ms = self.clock.now().wall_ms + CENTRAL_AHEAD_MS
        return seal(key, f"{OWN}/watermark", Watermark(journal, epoch or self.epoch, seq, now_ms))

    def online(self, online=True, session=1_790_000_000_000):
        self.say(CENTRAL_CONDITION, encode(CentralCondition(online=online, session=session)), retain=True)


class Kiosk:
    """A journal, its uplink, and the events that it posts."""

    def __init__(self, folder, settings, clock):
        self.journal = Journal.open(folder / "journal.db", bytes(32))
        self.clock = clock
        self.events = Queue()
        self.uplink = Uplink(
            settings,
            DEVICE,
            self.journal,
            SIGNING.public_key(),
            clock,
            self.events.put,
            jitter=lambda: 0.0,
            backoff=SOON,
        )

    def write(self, count):
        """Facts that say their own number."""
        head = self.journal.head
        facts = [VisitEntered(persons=head + n, method="counter") for n in range(1, count + 1)]
        self.journal.append([Record(fact) for fact in facts], Stamp(1, 1, self.clock.boot, set=True))
        self.uplink.kick()

    def until(self, *wanted):
        """Take events until one of each wanted value or type has come; those that came."""
        came, missing = [], list(wanted)
        while missing:
            event = self.events.get(timeout=PATIENCE_S)
            came.append(event)
            missing = [
                w for w in missing if not (event == w or (isinstance(w, type) and isinstance(event, w)))
            ]
        return came

    def end(self, why="stopped"):
        ended = self.uplink.stop(Condition(session=0, state="gone", why=why, journal=self.journal.id))
        self.journal.close()
        assert ended


@pytest.fixture
def broker(tmp_path):
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def central(broker, clock):
    central = Central(broker, clock)
    yield central
    central.end()


@pytest.fixture
def kiosk(tmp_path, broker, clock):
    kiosk = Kiosk(tmp_path, broker.client(DEVICE), clock)
    yield kiosk
    kiosk.end()


BROKER_UP = UplinkChanged(broker=True, central=False)
ALL_UP = UplinkChanged(broker=True, central=True)
VITALS = Vitals(wall_ms=1, uptime_s=2, backlog=3, memory_kib=4, disk_free_mib=5)
READY = Condition(session=0, state="ready", version="0.1.0")


@pytest.fixture
def running(kiosk, central):
    """Connected, central there."""
    central.online()
    kiosk.uplink.tell(READY)
    kiosk.uplink.start()
    kiosk.until(BROKER_UP, ALL_UP)
    return kiosk


def moved(kiosk, seq):
    return kiosk.until(WatermarkMoved(seq, AHEAD_MS))


def test_facts_arrive_once_and_in_order(running, central):
    running.write(300)
    moved(running, 300)
    assert central.order == list(range(1, 301))
    assert [fact.persons for fact in central.rows.values()] == list(range(1, 301))
    assert (running.journal.watermark, running.journal.epoch) == (300, 1)


def test_a_batch_is_bounded(running, central):
    running.write(130)
    moved(running, 130)
    batches = [m for m in central.heard if m.topic.endswith("facts")]
    assert all(len(decode_batch(m.payload).facts) <= 64 for m in batches)
    assert {(m.qos, m.retain) for m in batches} == {(1, False)}


def test_the_broker_stopped_and_started_again(running, central, broker):
    """Facts are written before, while the broker is down, and after: each arrives once, in order."""
    running.write(100)
    moved(running, 100)
    running.write(50)
    broker.stop()
    running.until(UplinkChanged(broker=False, central=False))
    running.write(200)
    central.subscribed = False
    broker.start()
    central.wait(lambda: central.subscribed)
    central.online()
    running.until(BROKER_UP, ALL_UP)
    running.write(50)
    moved(running, 400)
    assert central.order == list(range(1, 401))


def test_a_lost_watermark_brings_the_facts_again(running, central, clock):
    central.lose = 1
    running.write(10)
    central.wait(lambda: central.batches == 1)
    assert running.journal.watermark == 0
    clock.ms += 10_000
    running.uplink.kick()
    moved(running, 10)
    assert central.batches == 2
    assert central.order == list(range(1, 11))


def test_at_most_four_batches_await_their_watermark(running, central):
    running.write(64 * 3)
    moved(running, 64 * 3)
    central.lose = 4
    running.write(64 * 6)
    running.uplink.vitals(VITALS)
    central.wait(lambda: any(m.topic.endswith("vitals") for m in central.heard))
    assert (central.batches, len(central.rows)) == (3 + 4, 64 * 7)
    central.acknowledge(running.journal.id)
    moved(running, 64 * 9)
    assert central.batches == 9


def test_a_backlog_begins_with_one_batch(running, central):
    central.lose = 1
    running.write(64 * 6)
    running.uplink.vitals(VITALS)
    central.wait(lambda: any(m.topic.endswith("vitals") for m in central.heard))
    assert central.batches == 1


def test_what_a_damaged_journal_still_had_arrives_first_and_under_its_own_name(
    tmp_path, broker, central, clock
):
    before = Kiosk(tmp_path, broker.client(DEVICE), clock)
    before.write(100)
    before.end()
    spoil_intents(tmp_path / "journal.db")
    kiosk = Kiosk(tmp_path, broker.client(DEVICE), clock)
    kiosk.write(10)
    central.online()
    kiosk.uplink.start()
    kiosk.until(ALL_UP)
    kiosk.until(WatermarkMoved(0, AHEAD_MS))
    central.wait(lambda: len(central.rows) == 100)
    with central.monitor:
        central.rows.clear()
        names = [decode_batch(m.payload).journal for m in central.heard if m.topic.endswith("facts")]
    moved(kiosk, 10)
    assert set(names) == {before.journal.id}
    assert kiosk.journal.before == before.journal.id
    kiosk.end()


def spoil_intents(path):
    """Damage that loses no fact: the page of the intents."""
    db = sqlite3.connect(path)
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'intent'").fetchone()
    db.close()
    octets = bytearray(path.read_bytes())
    octets[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(octets)


def test_a_forked_journal_is_not_sent_any_more(running, central):
    running.write(10)
    moved(running, 10)
    forked = Watermark(running.journal.id, 1, 10, 0, forked=True)
    central.say(f"{OWN}/watermark", seal(SIGNING, f"{OWN}/watermark", forked), retain=True)
    running.until(Ticked)
    batches = central.batches
    running.write(10)
    running.uplink.vitals(VITALS)
    central.wait(lambda: any(m.topic.endswith("vitals") for m in central.heard))
    assert (central.batches, running.journal.standing.forked) == (batches, True)


def test_a_batch_tells_what_is_still_there(tmp_path, broker, central, clock):
    kiosk = Kiosk(tmp_path, broker.client(DEVICE), clock)
    kiosk.write(20)
    kiosk.journal._db.execute("DELETE FROM fact WHERE seq < 11")
    central.online()
    kiosk.uplink.start()
    central.wait(lambda: central.batches)
    batch = next(decode_batch(m.payload) for m in central.heard if m.topic.endswith("facts"))
    assert (batch.first, batch.oldest, len(batch.facts)) == (11, 11, 10)
    kiosk.end()


def test_a_restored_central_is_sent_to_from_where_it_stands(running, central):
    running.write(100)
    moved(running, 100)
    with central.monitor:
        central.rows = {seq: fact for seq, fact in central.rows.items() if seq <= 30}
        central.order = list(range(1, 31))
        central.epoch = 7
    central.acknowledge(running.journal.id)
    moved(running, 30)
    moved(running, 100)
    assert central.order == list(range(1, 101))
    assert running.journal.epoch == 7


def test_facts_wait_for_central(kiosk, central):
    kiosk.write(5)
    kiosk.uplink.start()
    kiosk.until(BROKER_UP)
    central.wait(lambda: central.conditions)
    assert central.batches == 0
    central.online()
    kiosk.until(ALL_UP)
    moved(kiosk, 5)
    central.online(online=False)
    kiosk.until(BROKER_UP)
    kiosk.write(5)
    kiosk.uplink.tell(READY)
    central.wait(lambda: central.conditions[-1] == ("ready", "", 1))
    assert central.batches == 1
    central.online(session=1_790_000_000_001)
    moved(kiosk, 10)


def test_a_late_will_of_central_is_not_believed(running, central):
    central.online(session=1_790_000_000_500)
    central.online(online=False, session=1_790_000_000_000)
    running.write(1)
    events = moved(running, 1)
    assert not any(isinstance(event, UplinkChanged) for event in events)


# ---------------------------------------------------------------- the condition
def test_the_birth_and_the_goodbye(running, central, tmp_path, broker, clock):
    """The last facts go before the goodbye, and no last will comes after it."""
    central.wait(lambda: central.conditions)
    running.write(3)
    running.uplink.stop(Condition(session=0, state="gone", why="restarting"))
    again = Kiosk(tmp_path, broker.client(DEVICE), clock)
    again.uplink.start()
    again.until(ALL_UP)
    again.end()
    central.wait(lambda: len(central.conditions) == 4)
    assert central.conditions == [
        ("ready", "", 1),
        ("gone", "restarting", 1),
        ("boot", "", 2),
        ("gone", "stopped", 2),
    ]
    assert len(central.rows) == 3


def test_the_latest_condition_wins(kiosk, central):
    for state in ("boot", "degraded", "broken", "ready"):
        kiosk.uplink.tell(Condition(session=0, state=state))
    kiosk.uplink.start()
    central.wait(lambda: central.conditions)
    kiosk.uplink.tell(Condition(session=99, state="degraded"))
    central.wait(lambda: len(central.conditions) == 2)
    assert central.conditions == [("ready", "", 1), ("degraded", "", 1)]


def test_a_kiosk_thrown_out_is_told_by_its_will_and_comes_back(running, central, broker):
    central.wait(lambda: central.conditions)
    double = Client(broker.client(DEVICE), DEVICE, f"{OWN}/orders")
    double.wait(lambda: double.subscribed)
    double.end()
    central.wait(lambda: central.conditions[-1][0] == "ready" and central.conditions[-1][2] > 1)
    assert central.conditions[:2] == [("ready", "", 1), ("gone", "will", 1)]


@pytest.mark.parametrize(
    "payload", [encode(Condition(session=0, state="gone", why="will")), b"", b"nonsense"]
)
def test_a_condition_that_was_overwritten_is_told_again(running, central, payload):
    central.wait(lambda: central.conditions)
    central.say(f"{OWN}/condition", payload, retain=True)
    central.wait(lambda: len(central.conditions) == 3)
    assert central.conditions == [("ready", "", 1), worded(payload), ("ready", "", 1)]


@pytest.mark.parametrize("number", [1, 700])
def test_a_session_number_that_another_machine_has_had_is_passed(running, central, number):
    """A disk was put back, or a twin writes it too: central would take our condition for an old one."""
    central.wait(lambda: central.conditions)
    central.say(f"{OWN}/condition", encode(Condition(number, "gone", why="will")), retain=True)
    central.wait(lambda: ("ready", "", number + 1) in central.conditions)


def test_vitals_arrive(running, central):
    running.uplink.vitals(VITALS)
    central.wait(lambda: any(m.topic.endswith("vitals") for m in central.heard))
    (message,) = [m for m in central.heard if m.topic.endswith("vitals")]
    assert msgspec.json.decode(message.payload, type=Vitals) == VITALS
    assert (message.qos, message.retain) == (0, False)


# ---------------------------------------------------------------- what is refused
def order(key=SIGNING, topic=f"{OWN}/orders", **given):
    fields = {"number": 1, "verb": "kiosk.restart", "issued_ms": 1, "deadline_ms": 2, **given}
    return seal(key, topic, Order(**fields))


@pytest.mark.parametrize("verb", ["kiosk.restart", "coffee.brew"])
def test_an_order_arrives(running, central, verb):
    central.say(f"{OWN}/orders", order(verb=verb))
    arrived = running.until(OrderArrived)[-1]
    assert (arrived.order.number, arrived.order.verb) == (1, verb)


@pytest.mark.parametrize(
    ("leaf", "payload", "forged"),
    [
        ("orders", lambda _c, _j: order(STRANGER), True),
        ("orders", lambda _c, _j: order(topic="shuwu/1/other/orders"), True),
        ("orders", lambda c, j: c.watermark(j, 5), True),
        ("orders", lambda _c, _j: b"", False),
        ("orders", lambda _c, _j: b"\xff" * 70_000, False),
        ("orders", lambda _c, _j: order(number=0), False),
        ("watermark", lambda c, j: c.watermark(j, 9, STRANGER), True),
        ("watermark", lambda c, j: c.watermark(j, 11), False),
        ("watermark", lambda c, j: c.watermark(j, 3, epoch=1), False),
        ("watermark", lambda _c, _j: b"{}", False),
        ("condition", lambda _c, _j: b"[]", False),
    ],
)
def test_what_is_forged_or_malformed_is_posted_and_the_rest_goes_on(running, central, leaf, payload, forged):
    central.epoch = 2
    running.write(10)
    moved(running, 10)
    central.say(f"{OWN}/{leaf}", payload(central, running.journal.id))
    refused = running.until(MessageRefused)[-1]
    assert (refused.topic, refused.forged) == (f"{OWN}/{leaf}", forged)
    assert refused.why
    assert running.journal.watermark == 10
    running.write(5)
    moved(running, 15)
    assert central.order == list(range(1, 16))


@pytest.mark.parametrize("forge", ["lower", "other"])
def test_old_news_is_let_go(running, central, forge):
    running.write(10)
    moved(running, 10)
    old = {"lower": central.watermark(running.journal.id, 4), "other": central.watermark("0" * 32, 99)}
    central.say(f"{OWN}/watermark", old[forge])
    running.write(1)
    assert moved(running, 11) == [WatermarkMoved(11, AHEAD_MS)]


def test_a_retained_watermark_says_nothing_of_the_time(running, central, broker, clock):
    running.write(10)
    moved(running, 10)
    clock.ms += 3_600_000
    double = Client(broker.client(DEVICE), DEVICE, f"{OWN}/orders")
    double.wait(lambda: double.subscribed)
    double.end()
    assert moved(running, 10)


def test_a_watermark_that_was_long_under_way_turns_no_clock_back(running, central, clock):
    running.write(10)
    moved(running, 10)
    late = central.watermark(running.journal.id, 10)
    clock.ms += 30_000
    central.say(f"{OWN}/watermark", late)
    running.write(1)
    assert moved(running, 11) == [WatermarkMoved(10, AHEAD_MS), WatermarkMoved(11, AHEAD_MS)]


def test_a_disk_that_fails_for_a_while_loses_nothing(running, central):
    central.lose = 1
    running.write(10)
    central.wait(lambda: central.batches == 1)
    running.journal._db.execute("PRAGMA query_only = ON")
    central.acknowledge(running.journal.id)
    running.until(UplinkChanged(broker=False, central=False))
    assert running.journal.watermark == 0
    running.journal._db.execute("PRAGMA query_only = OFF")
    running.until(ALL_UP, WatermarkMoved)
    assert running.journal.watermark == 10


@pytest.mark.parametrize("gone", [11, 13], ids=["the first to send", "inside a batch"])
def test_a_fact_that_is_gone_is_never_skipped(running, central, gone):
    running.write(10)
    moved(running, 10)
    central.online(online=False)
    running.until(BROKER_UP)
    running.write(3 * FRESH)
    running.journal._db.execute("DELETE FROM fact WHERE seq = ?", (gone,))
    central.online()
    running.until(UplinkChanged(broker=False, central=False))
    central.wait(lambda: len(central.rows) == gone - 1)


# ---------------------------------------------------------------- no broker
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")  # paho leaves it to the collector
def test_a_broker_of_another_authority_gets_nothing(tmp_path, broker, clock):
    stranger = Authority(tmp_path / "stranger")
    settings = msgspec.structs.replace(broker.client(DEVICE), ca=stranger.certificate)
    kiosk = Kiosk(tmp_path, settings, clock)
    kiosk.uplink.start()
    while kiosk.journal._db.one("SELECT session FROM journal") < 4:
        time.sleep(0.01)
    kiosk.end()
    assert kiosk.events.empty()


def test_stopped_before_it_started(tmp_path, broker, clock):
    kiosk = Kiosk(tmp_path, broker.client(DEVICE), clock)
    kiosk.end()
    assert kiosk.events.empty()
