"""The processes: `clock` publishes and hands over, `files` serves what was published, facts come back."""

import json
import signal
import threading
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from central import keys
from central.cli import cli
from central.config import load
from central.db import open_engine, open_sessions
from central.fleet import pki
from central.fleet.models import Device
from central.lists.models import ListBody, ListHead
from central.mqtt import Link
from tests.central.ingest.world import batch, take
from tests.central.kiosk import until
from tests.central.lists.test_serving import client, get
from tests.central.lists.world import ROOM, fill
from tests.central.test_cli import ENDED_S, answers, free_port, start
from wire import topics
from wire.facts import ListRefused, ListTaken
from wire.lists import Head, decode
from wire.signing import unseal

CLOCK_S = 60


@pytest.fixture
def home(tmp_path, broker):
    """A network with lists configured, its database filled."""
    mqtt, port = broker.client("central"), free_port()
    (tmp_path / "central.toml").write_text(
        f'state = "state"\n'
        f'[mqtt]\nport = {mqtt.port}\nca = "{mqtt.ca}"\ncertificate = "{mqtt.certificate}"\nkey = "{mqtt.key}"\n'
        f'[lists]\nport = {port}\nca = "state/pki/ca.crt"\n'
        'certificate = "state/pki/central.crt"\nkey = "state/pki/central.key"\n'
    )
    made = CliRunner().invoke(cli, ["init", "--config", str(tmp_path / "central.toml")])
    assert made.exit_code == 0, made.output
    folder = tmp_path / "state" / "pki"
    now = datetime.now(UTC)
    pki.save(folder, "central", pki.load(folder).issue("central", now, ["127.0.0.1"]))
    config = load(tmp_path / "central.toml")
    engine = open_engine(config.database_url())
    fill(engine)
    yield tmp_path, config, engine
    engine.dispose()


def end(process):
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=ENDED_S)
    assert process.returncode == 0, log
    return [json.loads(line) for line in log.splitlines()]


class Heads:
    """A kiosk's subscription to its own heads."""

    def __init__(self, settings, public):
        self.public, self.found, self.news = public, {}, threading.Condition()
        wanted = [(topics.topic(ROOM, f"lists/{name}"), 1) for name in ("deny", "allow", "hold", "hours")]
        self.link = Link(settings, ROOM, self.hear, wanted)
        self.link.open()

    def hear(self, heard):
        with self.news:
            head = unseal(self.public, heard.topic, heard.payload, Head)
            self.found[head.name] = head
            self.news.notify_all()

    def wait(self, happened):
        with self.news:
            assert self.news.wait_for(lambda: happened(self.found), CLOCK_S), self.found


def test_lists_are_published_and_served_and_one_clock_takes_over_from_another(home, broker):
    folder, config, engine = home
    heads = Heads(broker.client(ROOM), keys.load(config.state).signing.public_key())
    first, files = start(folder, "clock"), start(folder, "files")
    second = None
    try:
        heads.wait(lambda found: len(found) == 3)
        until(lambda: answers(config.lists.port), timeout_s=CLOCK_S)
        authority = (config.state / "pki", pki.load(config.state / "pki"))
        context = client(authority, ROOM)
        for name, head in heads.found.items():
            status, octets, _ = get(config.lists.port, context, f"/lists/{name}/{head.version}")
            assert status == 200
            assert decode(octets, head).name == name
        second = start(folder, "clock")
        before = heads.found["hold"].version
        log = end(first)
        assert any(line["event"] == "lists published" for line in log)
        with open_sessions(engine).begin() as session:
            session.get(ListBody, ("hold", before)).made_ms = 0
        heads.wait(lambda found: found["hold"].version > before)
        end(second)
        end(files)
    finally:
        heads.link.close()
        for process in filter(None, (first, second, files)):
            process.kill()
            process.communicate()


def test_without_a_certificate_files_says_so_and_ends(tmp_path):
    (tmp_path / "central.toml").write_text('state = "state"\n')
    process = start(tmp_path, "files")
    _, log = process.communicate(timeout=ENDED_S)
    assert process.returncode == 1
    assert "certificate, key and ca at `$.lists`" in log


def test_a_certificate_without_its_authority_is_refused(tmp_path):
    (tmp_path / "central.toml").write_text('state = "state"\n[lists]\ncertificate = "a.crt"\nkey = "a.key"\n')
    done = CliRunner().invoke(cli, ["files", "--config", str(tmp_path / "central.toml")])
    assert done.exit_code == 2
    assert "certificate, key and ca go together - at `$.lists`" in done.output


def test_what_a_kiosk_tells_of_its_lists_is_shown(home):
    folder, _, engine = home
    take(
        engine, ROOM, batch(1, [ListTaken("deny", 1_790_000_000_000, 3), ListRefused("allow", 7, "no line")])
    )
    with open_sessions(engine)() as session:
        assert session.get(ListHead, (ROOM, "deny")).taken == 1_790_000_000_000
    shown = CliRunner().invoke(cli, ["lists", "show", "--config", str(folder / "central.toml")])
    assert shown.output.splitlines() == [
        f"{ROOM}\tallow\t-\t-\tno line",
        f"{ROOM}\tdeny\t-\t2026-09-21T14:13:20+00:00",
    ]


def test_a_kiosk_is_retired_once(home):
    folder, _, engine = home
    words = ["device", "retire", ROOM, "--config", str(folder / "central.toml")]
    assert CliRunner().invoke(cli, words).exit_code == 0
    with open_sessions(engine)() as session:
        assert session.get(Device, ROOM).retired_on is not None
    words[2] = "nobody"
    assert "unknown_device" in CliRunner().invoke(cli, words).output
