"""The ingest against a real mosquitto: TLS, client certificates, the generated ACL."""

import threading
from contextlib import contextmanager

import msgspec
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from central import keys
from central.clock_ms import now_ms
from central.config import Config
from central.db import open_sessions
from central.fleet.models import DeviceCondition, Order, RefusedMessage
from central.fleet.operations import give_order
from central.ingest import listen
from central.ingest.group import store
from central.ingest.listen import Ingest
from central.mqtt import Heard, Link, Message
from tests.central.ingest.world import ABROAD, DESK, ROOM, batch, settle, stored, visit
from tests.central.kiosk import Kiosk, until
from wire import topics
from wire.condition import CentralCondition, encode
from wire.orders import DURABLE_ORDER_S


@pytest.fixture
def central(broker, sqlite_engine, tmp_path):
    settle(sqlite_engine)
    keys.make(tmp_path / "state")
    config = Config(state=tmp_path / "state", mqtt=broker.client("central"))
    return Central(config, sqlite_engine, broker)


class Central:
    def __init__(self, config, engine, broker):
        self.config, self.engine, self.broker = config, engine, broker
        self.keys = keys.load(config.state)

    @contextmanager
    def ingesting(self, share=""):
        ingest = Ingest(self.config, self.keys, self.engine, share=share)
        thread = threading.Thread(target=ingest.run)
        thread.start()
        try:
            yield ingest
        finally:
            ingest.stop()
            thread.join()

    def kiosk(self, device_id, **more):
        client = self.broker.client(device_id)
        return Kiosk(client, device_id, self.keys.signing.public_key(), **more)

    @contextmanager
    def talking(self, device_id, **more):
        """A kiosk, once it has heard that central hears."""
        with self.kiosk(device_id, **more) as kiosk:
            kiosk.wait_central(online=True)
            yield kiosk

    @contextmanager
    def talking_later(self, device_id):
        """A kiosk, at a broker that has forgotten what it retained; then central."""
        self.broker.stop()
        self.broker.start()
        with self.kiosk(device_id) as kiosk, self.ingesting():
            yield kiosk

    def refused(self):
        row = RefusedMessage
        with self.engine.connect() as connection:
            query = select(row.device_id, row.leaf, row.why, row.count).order_by(row.device_id, row.why)
            return [tuple(found) for found in connection.execute(query)]

    def order(self, verb, now_ms):
        with open_sessions(self.engine).begin() as session:
            return give_order(session, ROOM, verb, "wang", now_ms)

    def condition(self):
        with self.engine.connect() as connection:
            return connection.scalar(select(DeviceCondition.state).where(DeviceCondition.device_id == ROOM))

    def order_state(self):
        with self.engine.connect() as connection:
            return connection.scalar(select(Order.state))


def until_told(kiosk):
    """True once the kiosk knows that its journal is forked."""
    until(lambda: any(mark.forked for mark in kiosk.watermarks))
    return abs(kiosk.watermarks[-1].central_ms - now_ms()) < 60_000


def test_facts_are_committed_and_the_watermark_says_so(central):
    with central.ingesting(), central.talking(ROOM) as kiosk:
        kiosk.send(batch(1, [visit(), visit()]))
        assert kiosk.wait_watermark(2).seq == 2
    assert [seq for seq, _ in stored(central.engine)] == [1, 2]


def test_two_workers_share_the_facts(central):
    with central.ingesting("both"), central.ingesting("both"):
        for device in (ROOM, DESK, ABROAD):
            with central.talking(device) as kiosk:
                for seq in (1, 2, 3):
                    kiosk.send(batch(seq, [visit()]))
                    assert kiosk.wait_watermark(seq).seq == seq
    assert [len(stored(central.engine, device)) for device in (ROOM, DESK, ABROAD)] == [3, 3, 3]


def test_the_watermark_stands_at_the_broker(central):
    with central.ingesting():
        with central.talking(DESK) as kiosk:
            kiosk.send(batch(1, [visit()]))
            kiosk.wait_watermark(1)
        with central.kiosk(DESK) as later:
            later.wait_watermark(1)


def test_central_says_when_it_comes_and_goes(central):
    with central.kiosk(ROOM) as kiosk:
        with central.ingesting():
            kiosk.wait_central(online=True)
        kiosk.wait_central(online=False)


def test_a_late_will_of_central_is_corrected(central):
    with central.ingesting(), central.talking(ROOM) as kiosk, Watcher(central) as other:
        other.say_central_is_gone()
        until(lambda: False in kiosk.central and kiosk.central[-1])


def test_the_broker_goes_and_comes_back(central):
    with central.ingesting(), central.talking(ROOM) as kiosk:
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_watermark(1)
        central.broker.stop()
        until(lambda: not kiosk.link.connected)
        kiosk.central.clear()
        central.broker.start()
        kiosk.wait_central(online=True)
        until(lambda: kiosk.link.connected)
        kiosk.send(batch(1, [visit(), visit(), visit()]))
        kiosk.wait_watermark(3)
    assert [seq for seq, _ in stored(central.engine)] == [1, 2, 3]


def test_what_is_malformed_is_refused_counted_and_the_rest_goes_on(central):
    with central.ingesting(), central.talking(ROOM) as kiosk, central.kiosk("nobody-1") as nobody:
        kiosk.publish(topics.FACTS, b"{")
        kiosk.publish(topics.FACTS, b"\xff\x00")
        kiosk.publish(topics.FACTS, b'{"x":"' + b"a" * 20_000 + b'"}')
        kiosk.publish(topics.CONDITION, b"[1]")
        kiosk.publish(topics.VITALS, b"never")
        nobody.send(batch(1, [visit()]))
        nobody.say("ready")
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_watermark(1)
        until(lambda: len(central.refused()) == 6)
    assert sorted(central.refused()) == [
        ("nobody-1", "condition", "unknown device", 1),
        ("nobody-1", "facts", "unknown device", 1),
        (ROOM, "condition", "malformed", 1),
        (ROOM, "facts", "malformed", 2),
        (ROOM, "facts", "oversize", 1),
        (ROOM, "vitals", "malformed", 1),
    ]


def test_a_kiosk_speaks_and_hears_under_its_own_name_alone(central):
    with central.ingesting(), central.talking(DESK) as desk, central.kiosk(ROOM) as room:
        desk.publish(topics.FACTS, b"{", device_id=ROOM)
        desk.publish(topics.WATERMARK, b"{}")
        desk.publish(topics.ORDERS, b"{}", device_id=ROOM)
        room.send(batch(1, [visit()]))
        room.wait_watermark(1)
        desk.send(batch(1, [visit()]))
        desk.wait_watermark(1)
    assert central.refused() == []
    assert (desk.refused, room.refused) == ([], [])
    assert len(desk.watermarks) == len(room.watermarks) == 1


def test_trouble_with_the_database_loses_nothing(central):
    with central.ingesting(), central.talking(ROOM) as kiosk:
        with central.engine.begin() as connection:
            connection.execute(text("ALTER TABLE journal RENAME TO hidden"))
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_central(online=False)
        assert kiosk.watermarks == []
        with central.engine.begin() as connection:
            connection.execute(text("ALTER TABLE hidden RENAME TO journal"))
        kiosk.wait_watermark(1)
        kiosk.wait_central(online=True)
    assert len(stored(central.engine)) == 1


def test_more_than_there_is_room_for_waits_at_the_broker(central, monkeypatch):
    monkeypatch.setattr(listen, "MAX_WAITING", 2)
    with central.ingesting(), central.talking(ROOM) as kiosk:
        for seq in range(1, 101):
            kiosk.publish(topics.FACTS, msgspec.json.encode(batch(seq, [visit()])), wait=False)
        kiosk.wait_watermark(100)
    assert len({mark.epoch for mark in kiosk.watermarks}) == 1
    assert len(stored(central.engine)) == 100


def test_a_kiosk_that_tells_little_passes_one_that_tells_much(central, monkeypatch):
    monkeypatch.setattr(listen, "MAX_GROUP", 1)
    took, held = [], threading.Event()

    def slow(connection, letters, *arguments):
        held.wait(15)  # until all wait here
        took.extend(letter.device_id for letter in letters)
        return store(connection, letters, *arguments)

    monkeypatch.setattr(listen, "store", slow)
    with central.ingesting() as ingest, central.talking(DESK) as desk, central.talking(ROOM) as room:
        for seq in range(1, 200, 40):
            desk.send(batch(seq, [visit()] * 40))
        room.send(batch(1, [visit()]))
        until(lambda: ingest._arrived.qsize() + len(ingest._waiting) == 5)
        held.set()
        room.wait_watermark(1)
        desk.wait_watermark(200)
    assert took == [DESK, ROOM, DESK, DESK, DESK, DESK]


def test_in_a_crowd_a_kiosk_s_facts_beyond_its_windows_are_let_go_and_come_again(central, monkeypatch):
    monkeypatch.setattr(listen, "CROWD", 3)
    monkeypatch.setattr(listen, "MAX_OF_DEVICE", 2)
    begun, held = threading.Event(), threading.Event()

    def slow(*arguments):
        begun.set()
        held.wait(15)
        return store(*arguments)

    monkeypatch.setattr(listen, "store", slow)
    with central.ingesting() as ingest, central.talking(ROOM) as room:
        room.send(batch(1, [visit()]))
        assert begun.wait(15)
        for seq in range(2, 9):
            room.send(batch(seq, [visit()]))
        room.say("ready")
        until(lambda: ingest._arrived.qsize() + len(ingest._waiting) == 8)
        held.set()
        until(lambda: central.condition() == "ready")
        room.wait_watermark(3)
        room.send(batch(4, [visit()] * 5))
        room.wait_watermark(8)
    assert len(stored(central.engine)) == 8


def test_in_a_crowd_a_kiosk_that_talks_without_end_takes_no_more_than_its_room(central, monkeypatch):
    monkeypatch.setattr(listen, "CROWD", 3)
    monkeypatch.setattr(listen, "MAX_WORDS", 5)
    ingest = Ingest(central.config, central.keys, central.engine)
    for seq in range(1, 9):
        ingest._give_turn(Heard(topics.topic(ROOM, topics.CONDITION), b"%d" % seq, retained=False))
    ingest._give_turn(Heard(topics.topic(DESK, topics.CONDITION), b"", retained=False))
    assert (ingest._waiting.waiting(ROOM), ingest._waiting.waiting(DESK)) == (5, 1)


def test_a_message_that_cannot_be_stored_is_refused_alone(central):
    with central.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER poison BEFORE INSERT ON fact WHEN NEW.device_id = :room"
                " BEGIN SELECT RAISE(ABORT, 'poison'); END".replace(":room", f"'{ROOM}'")
            )
        )
    with central.ingesting(), central.talking(ROOM) as room, central.kiosk(DESK) as desk:
        room.send(batch(1, [visit()]))
        desk.send(batch(1, [visit()]))
        desk.wait_watermark(1)
        until(lambda: central.refused() == [(ROOM, "facts", "not stored", 1)])
    assert room.watermarks == []


def test_a_message_without_end_harms_nobody(central):
    deep = b'{"x":' * 2000 + b"1" + b"}" * 2000
    with central.ingesting(), central.talking(ROOM) as room, central.kiosk(DESK) as desk:
        for leaf in topics.FROM_KIOSK:
            room.publish(leaf, deep)
        desk.send(batch(1, [visit()]))
        desk.wait_watermark(1)
        until(lambda: len(central.refused()) == 3)
    assert {(device, why) for device, _, why, _ in central.refused()} == {(ROOM, "malformed")}


def test_more_than_a_message_may_have_is_let_go_at_once(central):
    with central.ingesting() as ingest, central.talking(ROOM) as kiosk:
        ingest._heard(Heard(topics.topic(ROOM, topics.FACTS), b"x" * 10_000_000, retained=False))
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_watermark(1)
    assert central.refused() == [(ROOM, "facts", "oversize", 1)]


def test_a_damaged_database_is_trouble_and_not_the_messages_fault(central, monkeypatch):
    said = threading.Event()

    def spoiled(*arguments):
        if not said.is_set():
            raise DatabaseError("INSERT", None, Exception("database disk image is malformed"))
        return store(*arguments)

    monkeypatch.setattr(listen, "store", spoiled)
    with central.ingesting(), central.talking(ROOM) as kiosk:
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_central(online=False)
        said.set()
        kiosk.wait_watermark(1)
    assert central.refused() == []


def test_a_fork_is_told_and_told_again_when_central_or_the_broker_is_back(central):
    with central.ingesting(), central.talking(ROOM) as kiosk:
        kiosk.send(batch(1, [visit()]))
        assert not kiosk.wait_watermark(1).forked
        kiosk.send(batch(1, [visit(7)]))
        until(lambda: kiosk.watermarks[-1].forked)
    with central.talking_later(ROOM) as kiosk:
        assert until_told(kiosk)
        central.broker.stop()
        until(lambda: not kiosk.link.connected)
        kiosk.watermarks.clear()
        central.broker.start()
        assert until_told(kiosk)


def test_an_order_that_went_unheard_is_sent_again_while_the_kiosk_stays_ready(central, monkeypatch):
    """It became ready, and then the broker was away when the order was given."""
    monkeypatch.setattr(listen, "REMIND_S", 0.0)
    with central.ingesting(), central.talking(ROOM) as kiosk:
        kiosk.say("ready")
        until(lambda: central.condition() == "ready")
        order = central.order("kiosk.restart", now_ms())
        assert kiosk.wait_order(order.number).verb == "kiosk.restart"


def test_a_kiosk_that_is_not_ready_is_not_reminded(central, monkeypatch):
    monkeypatch.setattr(listen, "REMIND_S", 0.0)
    order = central.order("kiosk.restart", now_ms())
    with central.ingesting(), central.talking(ROOM) as kiosk, central.kiosk(DESK) as desk:
        kiosk.say("boot")
        desk.say("ready")
        until(lambda: central.condition() == "boot")
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_watermark(1)
        assert kiosk.orders == []
        kiosk.say("ready")
        kiosk.wait_order(order.number)


def test_a_durable_order_is_sent_again_when_the_kiosk_is_ready(central):
    given_ms = 1_790_000_000_000 + 10**12
    order = central.order("kiosk.restart", given_ms)
    with central.ingesting(), central.talking(ROOM) as kiosk:
        kiosk.say("boot")
        assert kiosk.orders == []
        kiosk.say("ready")
        sent = kiosk.wait_order(order.number)
        assert (sent.verb, sent.deadline_ms) == ("kiosk.restart", given_ms + 1000 * DURABLE_ORDER_S)


def test_an_order_past_its_deadline_expires_and_is_not_sent(central):
    central.order("kiosk.restart", 1_000)
    with central.ingesting(), central.talking(ROOM) as kiosk:
        until(lambda: central.order_state() == "expired")
        kiosk.say("ready")
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_watermark(1)
    assert kiosk.orders == []


def test_a_will_tells_that_a_kiosk_is_gone(central):
    with central.ingesting(), central.talking(ROOM, session=7) as kiosk:
        kiosk.say("ready")
        until(lambda: central.condition() == "ready")
        kiosk.cut()
        until(lambda: central.condition() == "gone")


class Watcher:
    """Somebody with central's certificate."""

    def __init__(self, central):
        self._link = Link(central.config.mqtt, "another", lambda _: None)

    def __enter__(self):
        self._link.open()
        assert self._link.wait_connected(15)
        return self

    def __exit__(self, *_):
        self._link.close()

    def say_central_is_gone(self):
        payload = encode(CentralCondition(online=False, session=1))
        assert self._link.publish(Message(topics.CENTRAL_CONDITION, payload, retain=True)).wait(15)
