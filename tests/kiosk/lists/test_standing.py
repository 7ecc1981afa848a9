"""Which lists stand: versions, refusals, expiry."""

from kiosk.central_events import ListAnnounced, ListMissed, ListsChanged
from kiosk.clock import Now
from kiosk.effects import ClearFault, FetchList, RaiseFault, Record, Remember
from kiosk.events import Ticked
from kiosk.knowledge import InForce, Lists
from kiosk.lists.standing import OLDER, Standing, deadline_ms, recall, step
from tests.kiosk.lists.world import allow, announced, deny
from wire.facts import ListRefused, ListTaken

NOW = Now(1_000_000, 50)
EXPIRES_MS = 2_000_000


def told(body):
    effect, _ = announced(body)
    return ListAnnounced(effect.head, effect.signed)


def in_force(*bodies, expires_ms=EXPIRES_MS):
    return ListsChanged(Lists({body.name: InForce(body, expires_ms) for body in bodies}))


def after(*events, standing=None, now=NOW, time_ms=None):
    standing, effects = standing or Standing(), ()
    for event in events:
        standing, effects = step(standing, event, now, time_ms=now.wall_ms if time_ms is None else time_ms)
    return standing, effects


def test_a_new_list_is_fetched():
    event = told(deny(5))
    assert after(event)[1] == (FetchList(event.head, event.signed),)


def test_a_list_in_force_is_told_once_and_its_version_remembered():
    standing, effects = after(in_force(deny(5, "1", "2", items=("3",))))
    assert effects == (Record(ListTaken("deny", 5, 3)), Remember("list.deny", "5"))
    assert after(in_force(deny(5, "1", "2", items=("3",))), standing=standing)[1] == ()


def test_the_version_in_force_is_nothing_new():
    assert after(in_force(deny(5)), told(deny(5)))[1] == ()


def test_a_version_below_is_refused_once():
    standing, effects = after(in_force(deny(5)), told(deny(4)))
    assert effects == (Record(ListRefused("deny", 4, OLDER)), RaiseFault(506, "deny", OLDER))
    assert after(told(deny(4)), standing=standing)[1] == ()
    assert after(told(deny(5)), standing=standing)[1] == (ClearFault(506, "deny"),)


def test_old_heads_as_fast_as_they_come_are_told_once_an_hour():
    standing, _ = after(in_force(deny(9)), told(deny(8)), told(deny(9)))
    for version in (7, 8, 9, 6, 9, 5):
        standing, effects = after(told(deny(version)), standing=standing)
        assert effects == ()
    later = Now(NOW.wall_ms, NOW.mono_ms + 3_600_000)
    assert after(told(deny(8)), standing=standing, now=later)[1][0] == Record(ListRefused("deny", 8, OLDER))


def test_a_version_below_is_refused_after_a_restart_and_after_the_file_was_deleted():
    standing = recall({"list.deny": "5"}.get)
    assert after(told(deny(4)), standing=standing)[1] == (
        Record(ListRefused("deny", 4, OLDER)),
        RaiseFault(506, "deny", OLDER),
    )
    event = told(deny(5))
    assert after(event, standing=standing)[1] == (FetchList(event.head, event.signed),)
    assert after(in_force(deny(5)), standing=standing)[1] == ()


def test_what_is_missed_is_told_once_a_version_and_cleared_by_success():
    standing, effects = after(ListMissed("deny", 6, "no line"))
    assert effects == (Record(ListRefused("deny", 6, "no line")), RaiseFault(506, "deny", "no line"))
    standing, effects = after(ListMissed("deny", 6, "no line"), standing=standing)
    assert effects == ()
    assert after(ListMissed("deny", 7, "no line"), standing=standing)[1][0] == Record(
        ListRefused("deny", 7, "no line")
    )
    standing, effects = after(in_force(deny(6)), standing=standing)
    assert effects[0] == ClearFault(506, "deny")
    assert standing.told == {}


def test_a_reason_is_cut_to_what_a_fact_holds():
    (record, raised) = after(ListMissed("deny", 6, "x" * 500))[1]
    assert len(record.fact.why) == len(raised.cause) == 200


def test_expiry_is_a_fault_by_central_s_clock():
    standing, effects = after(in_force(deny(5), allow(6)))
    assert RaiseFault(505, "allow") not in effects
    assert deadline_ms(standing, NOW, time_ms=NOW.wall_ms) == 50 + 1_000_000
    last_ms = EXPIRES_MS - 1
    standing, effects = after(Ticked(), standing=standing, time_ms=last_ms)
    assert effects == ()
    assert deadline_ms(standing, NOW, time_ms=last_ms) == 51
    late, effects = after(Ticked(), standing=standing, time_ms=EXPIRES_MS)
    assert effects == (RaiseFault(505, "allow"), RaiseFault(505, "deny"))
    assert deadline_ms(late, NOW, time_ms=NOW.wall_ms) is None
    assert after(Ticked(), standing=late, time_ms=EXPIRES_MS + 1)[1] == ()
    assert after(in_force(deny(7), allow(6), expires_ms=9_000_000), standing=late)[1][-2:] == (
        ClearFault(505, "allow"),
        ClearFault(505, "deny"),
    )


def test_without_lists_time_changes_nothing():
    assert deadline_ms(Standing(), NOW, time_ms=NOW.wall_ms) is None
    assert after(Ticked())[1] == ()


def test_a_version_that_the_disk_has_spoilt_is_none():
    assert recall({"list.deny": "5\x00", "list.allow": "3"}.get).highest == {"allow": 3}
