"""A disk that takes nothing more: full, read-only, or not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.effects import Record
from kiosk.journal import Journal, JournalDamaged, JournalFailed
from tests.kiosk.journal.worn import HEAD, KEY, STAMP, TAKEN, write
from wire.facts import ExitPressed

ROOT = Path(__file__).parents[3]

IN_A_SMALL_PLACE = """
import resource, signal, sys
from pathlib import Path
from kiosk.effects import Record
from kiosk.journal import Journal, JournalDamaged, JournalFailed
from tests.kiosk.journal.worn import KEY, STAMP
from wire.facts import ExitPressed

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path, limit = Path(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    journal = Journal.open(path, KEY)
    for _ in range(10_000):
        journal.append([Record(ExitPressed())] * 20, STAMP)
        print(journal.head, flush=True)
except JournalFailed as cause:
    print(type(cause).__name__, cause)
"""


def in_a_small_place(path, limit):
    """What a program said whose files cannot grow beyond `limit` octets."""
    command = [sys.executable, "-c", IN_A_SMALL_PLACE, str(path), str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return [line for line in done.stdout.splitlines() if not line.startswith("2026-")]


@pytest.fixture
def readonly(tmp_path):
    """A folder with a journal in it, on a disk that has gone read-only."""
    folder = tmp_path / "state"
    folder.mkdir()
    if os.geteuid():
        write(folder / "journal.db").close()
        (folder / "journal.db").chmod(0o400)
        folder.chmod(0o500)
        yield folder
        folder.chmod(0o700)
    else:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], check=True)
        write(folder / "journal.db").close()
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield folder
        subprocess.run(["umount", folder], check=True)


def test_a_file_that_cannot_grow_fails_and_keeps_what_it_took(tmp_path):
    path = tmp_path / "journal.db"
    *heads, verdict = in_a_small_place(path, 300_000)
    assert verdict.startswith("JournalFailed ")
    journal = Journal.open(path, KEY)
    assert journal.why == ""
    assert len(heads) * 20 <= journal.head <= len(heads) * 20 + 20
    journal.append([Record(ExitPressed())], STAMP)
    journal.close()


@pytest.mark.parametrize("limit", [0, 4096, 20_000, 50_000])
def test_where_there_is_no_room_to_set_a_damaged_journal_aside_it_stays_for_a_better_day(tmp_path, limit):
    path = tmp_path / "journal.db"
    write(path).close()
    octets = path.read_bytes()
    path.write_bytes(octets[:100] + bytes(200) + octets[300:])
    assert in_a_small_place(path, limit)[-1].startswith("JournalFailed ")
    journal = Journal.open(path, KEY)
    (elder,) = journal.elders
    assert (elder.head, len(elder.since(TAKEN, 1000))) == (HEAD, HEAD - TAKEN)
    journal.close()


def test_a_disk_that_is_read_only_is_no_damage(readonly):
    with pytest.raises(JournalFailed) as failed:
        Journal.open(readonly / "journal.db", KEY)
    assert not isinstance(failed.value, JournalDamaged)
    assert [file.name for file in readonly.iterdir()] == ["journal.db"]


def test_a_journal_without_a_disk_works_and_forgets(tmp_path):
    journal = Journal.without_disk(KEY, "read-only file system")
    assert journal.append([Record(ExitPressed())], STAMP) == 1
    assert journal.next_session() == 1
    assert journal.standing.failed == "read-only file system"
    journal.close()
    assert list(tmp_path.iterdir()) == []
