"""The commands, and the processes that they start."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import date

import msgspec
import pytest
from click.testing import CliRunner

from central import keys
from central.accounts import operations as accounts
from central.accounts.models import Staff
from central.chores import staff_add
from central.cli import cli
from central.config import load
from central.db import open_engine, open_sessions
from central.fleet.models import Device, Order
from central.fleet.operations import give_order
from tests.central.ingest.world import NOW, ROOM, batch, settle, take, tallies, visit
from tests.central.kiosk import Kiosk, until
from wire import sealing, signing

ENDED_S = 30


@pytest.fixture
def home(tmp_path):
    """A folder with a configuration; nothing made yet."""
    (tmp_path / "central.toml").write_text('state = "state"\n')
    return tmp_path


def call(home, *words, code=0, **more):
    result = CliRunner().invoke(cli, [*words, "--config", str(home / "central.toml")], **more)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def made(home):
    """The same, after `init`, with a network in the database."""
    call(home, "init")
    engine = open_engine(load(home / "central.toml").database_url())
    settle(engine)
    yield home, engine
    engine.dispose()


def test_init_makes_what_is_missing_and_no_more(home):
    first = call(home, "init")
    assert [line for line in first.splitlines() if line.startswith("made ")] == [
        f"made {home / 'state' / name}" for name in (keys.SIGNING, keys.SEALING, keys.READERS, keys.WEB)
    ]
    told = call(home, "init").splitlines()
    assert told == first.splitlines()[-2:]
    made = keys.load(home / "state")
    assert told[0].endswith(signing.public_text(made.signing.public_key()))
    assert told[1] == f"sealing key for the kiosks: {sealing.public_text(made.sealing.public_key())}"
    assert call(home, "migrate") == ""


@pytest.mark.parametrize("name", ["ingest", "clock", "sip2", "web"])
def test_a_process_without_its_tables_ends_with_a_sentence(home, name):
    call(home, "init")
    (home / "state" / "central.db").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "central", name, "--config", home / "central.toml"],
        capture_output=True,
        check=False,
        text=True,
        timeout=ENDED_S,
    )
    assert (done.returncode, done.stderr) == (
        1,
        "shuwu-central: the database has no tables yet: run `shuwu-central init`\n",
    )


def test_a_wrong_configuration_is_named(home):
    (home / "central.toml").write_text('state = "s"\nweb = 1\n')
    assert "central.toml: Expected `object`, got `int` - at `$.web`" in call(home, "init", code=2)


def test_the_module_is_the_command(home):
    (home / "central.toml").write_text('state = "state"\n')
    done = subprocess.run(
        [sys.executable, "-m", "central", "ingest", "--config", home / "central.toml"],
        capture_output=True,
        check=False,
        text=True,
        timeout=ENDED_S,
    )
    assert done.returncode == 1
    assert "shuwu-central: " in done.stderr
    assert "`shuwu-central init` makes it" in done.stderr


def test_staff_are_added_and_audited(made):
    home, engine = made
    words = ("staff", "add", "wang", "--name", "王", "--role", "technician")
    call(home, *words, env={"SHUWU_PASSWORD": "correct horse"})
    assert "Error: username_taken" in call(home, *words, env={"SHUWU_PASSWORD": "correct horse"}, code=1)
    with open_sessions(engine)() as session:
        assert accounts.authenticate(session, "wang", "correct horse") is not None
        assert session.get(Staff, "wang").role == "technician"


def test_every_role_can_be_given():
    role = next(option for option in staff_add.params if option.name == "role")
    assert set(role.type.choices) == {role.value for role in accounts.Role}


def test_branches_and_devices_are_entered(made):
    home, engine = made
    names = ("--name-zh", "村", "--name-en", "Village")
    call(home, "branch", "add", "cun", "--parent", "zhen", "--tier", "village", *names)
    call(home, "device", "add", "cun-24h-1", "--branch", "cun", "--setting", "room24", *names)
    wrong = ("device", "add", "cun-24h-1", "--branch", "cun", "--setting", "room24", *names)
    assert "Error: known_device" in call(home, *wrong, code=1)
    with open_sessions(engine)() as session:
        device = session.get(Device, "cun-24h-1")
        assert (device.branch.parent_id, device.setting) == ("zhen", "room24")
        assert isinstance(device.commissioned_on, date)


def test_orders_are_listed(made):
    home, engine = made
    with open_sessions(engine).begin() as session:
        first = give_order(session, ROOM, "kiosk.restart", "wang", NOW).number
        order = give_order(session, ROOM, "kiosk.restart", "li", NOW + 1000)
        session.get(Order, order.id).state = "refused"
        order.fault = 901
    assert call(home, "orders") == call(home, "orders", ROOM)
    assert call(home, "orders").splitlines() == [
        f"{ROOM}\t{first + 1}\tkiosk.restart\trefused\tli\t2026-09-21T14:13:21+00:00\tfault 901",
        f"{ROOM}\t{first}\tkiosk.restart\tpending\twang\t2026-09-21T14:13:20+00:00",
    ]
    assert call(home, "orders", "nobody-1") == ""


def test_reports_are_rebuilt(made):
    home, engine = made
    take(engine, ROOM, batch(1, [visit()]))
    before = tallies(engine)
    words = ("reports", "rebuild", "--from", "2026-09", "--to", "2026-10-31")
    assert call(home, *words) == "2 months, 1 facts\n"
    assert tallies(engine) == before
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM fact")
    assert "facts are kept from 2026-10-01 on" in call(home, *words, code=1)


def test_certificates_are_issued(home):
    assert "pki init" in str(
        CliRunner().invoke(cli, ["pki", "issue", ROOM, "--config", str(home / "central.toml")]).exception
    )
    call(home, "pki", "init")
    call(home, "pki", "issue", "broker", "--address", "localhost", "--address", "127.0.0.1")
    call(home, "pki", "issue", ROOM)
    assert sorted(path.name for path in (home / "state" / "pki").iterdir()) == sorted(
        f"{name}.{end}" for name in ("ca", "broker", ROOM) for end in ("crt", "key")
    )
    acl = CliRunner().invoke(cli, ["pki", "acl"]).output
    assert acl.startswith("user central\n")


# ---------------------------------------------------------------- processes
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def network(made, broker):
    """Everything configured for processes: ports, and the broker over TLS."""
    home, engine = made
    mqtt = broker.client("central")
    web, sip2 = free_port(), free_port()
    (home / "central.toml").write_text(
        f'state = "state"\n[web]\nport = {web}\n[sip2]\nport = {sip2}\n'
        f'[mqtt]\nport = {mqtt.port}\nca = "{mqtt.ca}"\ncertificate = "{mqtt.certificate}"\nkey = "{mqtt.key}"\n'
    )
    return home, engine, load(home / "central.toml")


def start(home, command):
    return subprocess.Popen(
        [sys.executable, "-m", "central", command, "--config", home / "central.toml"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def healthy(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return msgspec.json.decode(answer.read()) == {"database": True, "broker": True}
    except OSError:
        return False


def test_an_ingest_that_is_killed_is_missed_and_nothing_is_lost(network, broker):
    home, _, config = network
    public = keys.load(config.state).signing.public_key()
    with Kiosk(broker.client(ROOM), ROOM, public) as kiosk:
        first = start(home, "ingest")
        kiosk.wait_central(online=True)
        kiosk.send(batch(1, [visit()]))
        kiosk.wait_watermark(1)
        first.kill()
        first.communicate(timeout=ENDED_S)
        kiosk.wait_central(online=False)
        kiosk.send(batch(2, [visit()]))  # nobody hears it
        second = start(home, "ingest")
        kiosk.wait_central(online=True)
        kiosk.send(batch(2, [visit(), visit()]))
        kiosk.wait_watermark(3)
        second.send_signal(signal.SIGTERM)
        _, log = second.communicate(timeout=ENDED_S)
        kiosk.wait_central(online=False)
    assert second.returncode == 0
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["ingest runs", "ingest ended"]


def test_all_starts_everything_and_ends_it_together(network):
    home, _, config = network
    everything = start(home, "all")
    try:
        until(lambda: answers(config.sip2.port) and healthy(config.web.port), timeout_s=60)
        everything.send_signal(signal.SIGTERM)
        _, log = everything.communicate(timeout=ENDED_S)
    finally:
        everything.kill()
        everything.wait()
    assert everything.returncode == 0, log
    assert not answers(config.sip2.port)
    assert not answers(config.web.port)
    assert all(json.loads(line) for line in log.splitlines())
