"""The hub: the latest of every device, in beats that all browsers share."""

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from central.ingest.conditions import _is_stale
from central.ingest.journals import UNNAMED
from central.live import (
    FLEET,
    LINK,
    SILENT_MS,
    TICK_MS,
    Hub,
    Stored,
    device_key,
    facts_key,
    supersedes,
)
from central.mqtt import Heard
from wire import topics
from wire.condition import Condition, Trouble, Vitals, encode
from wire.orders import Watermark
from wire.signing import seal

ROOM = "zhen-24h-1"
ONE, TWO = "1" * 32, "2" * 32
SOON_S = 0.01
LATE_S = 10.0


class Clock:
    def __init__(self):
        self.ms = 1_790_000_000_000

    def __call__(self):
        return self.ms


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def hub(key, clock):
    return Hub(key.public_key(), clock)


def condition(hub, state="ready", session=1, *, device=ROOM, retained=False, journal=ONE, **more):
    said = encode(Condition(session, state, journal=journal, **more))
    hub.hear(Heard(topics.topic(device, topics.CONDITION), said, retained))


def vitals(hub, backlog=0, *, device=ROOM, memory_kib=1):
    said = Vitals(wall_ms=1, uptime_s=1, backlog=backlog, memory_kib=memory_kib, disk_free_mib=1)
    hub.hear(Heard(topics.topic(device, topics.VITALS), encode(said), retained=False))


def watermark(hub, key, seq, *, device=ROOM, signed_for=ROOM):
    mark = Watermark(ONE, 1, seq, 1)
    payload = seal(key, topics.topic(signed_for, topics.WATERMARK), mark)
    hub.hear(Heard(topics.topic(device, topics.WATERMARK), payload, retained=False))


# ---------------------------------------------------------------- what is believed
@pytest.mark.parametrize(
    ("new", "believed"),
    [
        (Condition(5, "ready", journal=ONE), True),
        (Condition(5, "gone", journal=ONE), True),
        (Condition(6, "boot", journal=ONE), True),
        (Condition(4, "gone", journal=ONE), False),
        (Condition(4, "ready", journal=ONE), False),
        (Condition(1, "ready", journal=TWO), True),
        (Condition(1, "gone", journal=TWO), False),
        (Condition(9, "gone", journal=TWO), False),
    ],
    ids=lambda value: f"{value.state}-{value.session}" if isinstance(value, Condition) else str(value),
)
def test_the_later_session_wins_and_a_new_journal_is_a_new_start(new, believed):
    assert supersedes(new, Condition(5, "ready", journal=ONE)) is believed
    assert supersedes(new, None)


conditions = st.builds(
    Condition,
    session=st.integers(1, 3),
    state=st.sampled_from(["ready", "gone"]),
    journal=st.sampled_from([ONE, TWO, UNNAMED]),
)


@given(conditions, conditions)
def test_pages_and_database_believe_the_same(new, old):
    assert supersedes(new, old) is not _is_stale(new, old.session, old.journal)


def test_a_late_will_never_hides_a_newer_birth(hub):
    condition(hub, "ready", 2)
    condition(hub, "gone", 1, why="will")
    assert hub.seen(ROOM).state == "ready"
    condition(hub, "gone", 2, why="will")
    assert hub.seen(ROOM).state == "gone"


@given(st.permutations([(1, "ready"), (1, "gone"), (2, "ready"), (2, "gone"), (3, "degraded")]))
def test_whatever_the_order_the_last_session_stands(sequence):
    hub = Hub(Ed25519PrivateKey.generate().public_key(), Clock())
    for session, state in sequence:
        condition(hub, state, session)
    assert hub.seen(ROOM).condition.session == 3


def test_since_is_when_the_state_was_first_heard(hub, clock):
    condition(hub, "ready")
    began = clock.ms
    clock.ms += 60_000
    condition(hub, "ready", troubles=(Trouble(303),))
    assert hub.seen(ROOM).since_ms == began
    condition(hub, "degraded")
    assert hub.seen(ROOM).since_ms == clock.ms


def test_a_retained_condition_is_known_but_not_heard(hub):
    condition(hub, "ready", retained=True)
    assert (hub.seen(ROOM).state, hub.seen(ROOM).heard_ms) == ("ready", 0)


def test_the_stored_condition_fills_what_nobody_has_said_yet(hub):
    condition(hub, "degraded", 7)
    stored = [
        Stored(ROOM, Condition(6, "ready"), 1, 2),
        Stored("xian-desk-1", Condition(3, "gone"), 10, 20),
    ]
    hub.fill(stored)
    assert hub.seen(ROOM).state == "degraded"
    assert (hub.seen("xian-desk-1").state, hub.seen("xian-desk-1").since_ms) == ("gone", 10)


def test_a_retained_condition_that_is_stored_too_keeps_the_stored_since(hub, clock):
    hub.fill([Stored(ROOM, Condition(6, "ready", journal=ONE), 1, 2)])
    clock.ms += 60_000
    condition(hub, "ready", 6, retained=True)
    assert (hub.seen(ROOM).since_ms, hub.seen(ROOM).heard_ms) == (1, 2)


def test_only_centrals_own_watermarks_are_believed(hub, key):
    watermark(hub, key, 5)
    watermark(hub, Ed25519PrivateKey.generate(), 9)
    watermark(hub, key, 9, signed_for="xian-desk-1")
    assert hub.seen(ROOM).watermark.seq == 5


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        (f"shuwu/1/{ROOM}/condition", b""),
        (f"shuwu/1/{ROOM}/condition", b'{"session": -1, "state": "ready"}'),
        (f"shuwu/1/{ROOM}/condition", b'{"session": 1, "state": "happy"}'),
        (f"shuwu/1/{ROOM}/condition", b"x" * 20_000),
        (f"shuwu/1/{ROOM}/vitals", b"[]"),
        (f"shuwu/1/{ROOM}/watermark", b"{}"),
        (f"shuwu/1/{ROOM}/facts", b"{}"),
        (f"shuwu/1/{ROOM}/orders", b"{}"),
        ("shuwu/1/../condition", b'{"session": 1, "state": "ready"}'),
        ("shuwu/1/central/condition", b'{"online": true, "session": 1}'),
        ("something/else", b"\xff"),
    ],
)
def test_what_is_not_well_formed_changes_nothing(hub, topic, payload):
    condition(hub, "ready")
    before, version = hub.seen(ROOM), hub.version
    hub.hear(Heard(topic, payload, retained=False))
    assert (hub.seen(ROOM), hub.version) == (before, version)


# ---------------------------------------------------------------- what browsers are told
def test_a_change_names_the_device_and_the_fleet(hub):
    before = hub.version
    condition(hub, "ready")
    changes = hub.changes(before, LATE_S)
    assert set(changes.keys) == {device_key(ROOM), FLEET}
    assert changes.version == hub.version


def test_nothing_new_is_none_when_time_is_up(hub):
    condition(hub, "ready")
    assert hub.changes(hub.changes(0, LATE_S).version, SOON_S) is None


def test_vitals_that_show_nothing_new_wake_nobody(hub):
    condition(hub, "ready")
    vitals(hub, memory_kib=1)
    seen = hub.version
    vitals(hub, memory_kib=2)
    assert hub.version == seen
    vitals(hub, backlog=3)
    assert hub.version > seen


def test_a_watermark_touches_the_facts_of_its_device_alone(hub, key):
    before = hub.version
    watermark(hub, key, 5)
    assert set(hub.changes(before, LATE_S).keys) == {facts_key(ROOM)}


def test_a_slow_browser_gets_the_last_of_many_and_costs_nothing(hub):
    before = hub.version
    for n in range(1_000):
        condition(hub, "ready" if n % 2 else "degraded", n)
    changes = hub.changes(before, LATE_S)
    rest = {} if changes.version == hub.version else hub.changes(changes.version, LATE_S).keys
    assert set(changes.keys) | set(rest) == {device_key(ROOM), FLEET}
    assert hub.seen(ROOM).condition.session == 999


def test_all_browsers_see_the_same_beats(hub):
    start = hub.version
    seen = {n: [] for n in range(8)}

    def browse(n):
        after = start
        while changes := hub.changes(after, LATE_S):
            seen[n].append(changes)
            after = changes.version

    browsers = [threading.Thread(target=browse, args=(n,)) for n in seen]
    for browser in browsers:
        browser.start()
    for n in range(200):
        condition(hub, "ready", n, device=f"kiosk-{n:03}")
    while any(not beats or beats[-1].version < hub.version for beats in seen.values()):
        threading.Event().wait(SOON_S)
    hub.close()
    for browser in browsers:
        browser.join()
    beats = {change.version for changes in seen.values() for change in changes}
    assert len(beats) < 20, "a storm is rendered in beats"
    for changes in seen.values():
        assert {key for change in changes for key in change.keys if key != FLEET} == {
            device_key(f"kiosk-{n:03}") for n in range(200)
        }


def test_a_version_of_the_future_is_answered_with_everything(hub):
    condition(hub, "ready")
    assert device_key(ROOM) in hub.changes(hub.version + 10**9, LATE_S).keys


def test_versions_grow_across_restarts(key, clock):
    first = Hub(key.public_key(), clock)
    for n in range(100):
        condition(first, "ready", n, troubles=(Trouble(303, since_ms=n),))
    clock.ms += 1
    second = Hub(key.public_key(), clock)
    condition(second, "ready")
    assert set(second.changes(first.version, LATE_S).keys) == {device_key(ROOM), FLEET}


def test_closing_ends_every_wait(hub):
    answers = []
    browser = threading.Thread(target=lambda: answers.append(hub.changes(hub.version, LATE_S)))
    browser.start()
    hub.close()
    browser.join(LATE_S)
    assert answers == [None]


# ---------------------------------------------------------------- silence, and our own line
def test_a_device_without_vitals_falls_silent_and_is_heard_again(hub, clock):
    condition(hub, "ready")
    before = hub.version
    clock.ms += SILENT_MS + 1
    assert device_key(ROOM) in hub.changes(before, SOON_S).keys
    assert hub.seen(ROOM).silent
    vitals(hub)
    assert not hub.seen(ROOM).silent


def test_one_that_is_gone_is_not_silent_too(hub, clock):
    condition(hub, "gone")
    clock.ms += SILENT_MS * 10
    hub.changes(hub.version, SOON_S)
    assert not hub.seen(ROOM).silent


def test_after_a_restart_everybody_has_time_to_be_heard(hub, clock):
    hub.fill([Stored(ROOM, Condition(6, "ready"), 1, 2)])
    clock.ms += TICK_MS + 1
    hub.changes(hub.version, SOON_S)
    assert not hub.seen(ROOM).silent


def test_our_own_line_is_looked_at(hub, clock):
    connected = []
    hub.attach(lambda: bool(connected))
    hub.changes(hub.version, SOON_S)
    assert not hub.linked
    connected.append(True)
    assert hub.linked
    clock.ms += TICK_MS
    assert LINK in hub.changes(hub.version, SOON_S).keys
