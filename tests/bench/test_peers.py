"""The disk alone."""

from __future__ import annotations

from bench.peers import intents_ms
from kiosk.journal import Journal


def test_every_fact_is_on_the_disk(tmp_path):
    assert len(intents_ms(tmp_path, 3)) == 3
    journal = Journal.open(tmp_path / "bench.db", bytes(32))
    assert journal.head == 3
    journal.close()
