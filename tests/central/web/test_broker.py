"""The pages on a real broker: a kiosk's condition reaches a browser, an order reaches the kiosk."""

import msgspec
import pytest
from sqlalchemy import select

from central.app import connect, create_app, disconnect
from central.fleet.models import DeviceCondition
from central.fleet.models import Order as GivenOrder
from tests.central.kiosk import Kiosk, until
from tests.central.mosquitto import Mosquitto
from tests.central.web.test_stream import Browser
from tests.central.web.world import ROOM, enter, post, services
from wire.condition import Condition


@pytest.fixture
def broker(tmp_path):
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def app(config, broker):
    app = create_app(msgspec.structs.replace(config, mqtt=broker.client("central")))
    connect(app)
    assert services(app).link.wait_connected(10)
    yield app
    disconnect(app)


@pytest.fixture
def kiosk(app, broker):
    with Kiosk(broker.client(ROOM), ROOM, services(app).keys.signing.public_key()) as kiosk:
        yield kiosk


def test_a_kiosk_comes_and_its_loss_is_seen(app, kiosk):
    client = enter(app, "technician")
    path = f"/fleet/live?after={services(app).hub.version}"
    with Browser(client, path) as browser:
        kiosk.say("ready", occupancy=3)
        shown = ""
        while "正常" not in shown:
            shown += browser.beat()[0].get(f"device-{ROOM}", "")
        kiosk.cut()
        while "失联" not in shown:
            shown += browser.beat()[0].get("problems", "")


def test_an_order_from_the_page_arrives_signed(app, kiosk):
    kiosk.say("ready", boot="0123abcd")
    until(lambda: services(app).hub.seen(ROOM).state == "ready")
    body = msgspec.to_builtins(Condition(1, "ready", boot="0123abcd"))
    row = DeviceCondition(device_id=ROOM, session=1, state="ready", since_ms=1, heard_ms=1, body=body)
    with services(app).writing.begin() as session:
        session.add(row)
    client = enter(app, "technician")
    post(client, f"/fleet/kiosk/{ROOM}/orders", verb="door.release")
    with services(app).reading() as session:
        number = session.scalars(select(GivenOrder.number)).one()
    order = kiosk.wait_order(number)
    assert (order.verb, order.boot) == ("door.release", "0123abcd")
    assert order.deadline_ms - order.issued_ms == 15_000
    assert "指令已下达" in client.get(f"/fleet/kiosk/{ROOM}").text


def test_health_knows_the_broker(app):
    assert enter(app, None).get("/healthz").json == {"database": True, "broker": True}
