"""A damaged journal is set aside; what can be read of it is carried over; the power may go meanwhile."""

from __future__ import annotations

from random import Random

import pytest

from kiosk.effects import Record
from kiosk.journal import Journal
from kiosk.journal.estate import LOST
from kiosk.journal.pages import FRAME_HEADER, LOG_HEADER, PAGE
from tests.kiosk.journal.worn import HEAD, KEY, STAMP, TAKEN, spoil, unplugged, write
from wire.facts import ExitPressed

SEEDS = range(120)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The octets of a journal that was closed, its id and its facts."""
    path = tmp_path_factory.mktemp("closed") / "journal.db"
    journal = write(path)
    told = journal.id, {row.seq: row for row in journal.since(0, 1000)}
    journal.close()
    return path.read_bytes(), *told


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The same, and its log, of one that was killed while its last facts stood in the log alone."""
    folder = tmp_path_factory.mktemp("killed")
    path = folder / "journal.db"
    journal = write(path)
    told = journal.id, {row.seq: row for row in journal.since(0, 1000)}
    lying = unplugged(journal, path, folder / "copy")
    journal.close()
    return lying.read_bytes(), lying.with_name("journal.db-wal").read_bytes(), *told


def survivors(image, rows, hit):
    """Facts above the watermark of which a page holds a copy that nothing has touched."""
    found = set()
    for seq in range(TAKEN + 1, HEAD + 1):
        at = image.find(rows[seq].fact)
        while at >= 0:
            if not {at // PAGE, (at + len(rows[seq].fact)) // PAGE} & hit:
                found.add(seq)
            at = image.find(rows[seq].fact, at + 1)
    return found


def look(path):
    """Id and facts above the watermark of what is sent to central first, and the journal."""
    journal = Journal.open(path, KEY)
    (first, *rest) = (*journal.elders, journal)
    assert len(rest) <= 1
    return first.id, {row.seq: row for row in first.since(first.watermark, 1000)}, journal


def assert_carried(path, name, rows, readable):
    """Whatever happened to the file: facts of central's are theirs or told as lost, and the kiosk goes on."""
    sent_as, sent, journal = look(path)
    assert not [row for row in sent.values() if row.fact not in {rows[row.seq].fact, LOST}], (
        "never another fact"
    )
    if sent_as == name:
        assert {seq for seq in readable if sent.get(seq) == rows[seq]} == readable
        assert sorted(sent) == list(range(min(sent), max(sent) + 1)), "no gap"
        assert min(sent) <= TAKEN + 1
    else:
        assert journal.id == sent_as
        assert (journal.before, journal.why) == ("", "damaged")
    assert (journal.id == name) is not (journal.why == "damaged")
    journal.append([Record(ExitPressed())], STAMP)
    journal.close()


# ---------------------------------------------------------------- any damage
@pytest.mark.parametrize("seed", SEEDS)
def test_no_readable_fact_is_lost_wherever_the_file_is_damaged(tmp_path, closed, seed):
    image, name, rows = closed
    path = tmp_path / "journal.db"
    path.write_bytes(image)
    hit = spoil(path, Random(seed))
    assert_carried(path, name, rows, survivors(image, rows, hit))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_readable_fact_is_lost_wherever_the_log_is_damaged(tmp_path, killed, seed):
    image, log, name, rows = killed
    path, logged = tmp_path / "journal.db", tmp_path / "journal.db-wal"
    path.write_bytes(image)
    logged.write_bytes(log)
    spoil(logged, Random(seed))
    after = logged.read_bytes()
    step = FRAME_HEADER + PAGE
    same = [log[at + FRAME_HEADER : at + step] for at in range(LOG_HEADER, len(log), step)
            if log[at : at + step] == after[at : at + step]]  # fmt: skip
    assert_carried(path, name, rows, survivors(image + b"".join(same), rows, set()))
