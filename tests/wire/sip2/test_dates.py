from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.wire.sip2.local import local
from wire.sip2.dates import due_date
from wire.sip2.forms import moment, stamp

EVENING = local(2026, 12, 5, 22, 41, 21)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20261205    224121", EVENING),
        ("20261205   224121", EVENING),
        ("20261205 224121", EVENING),
        ("20261205224121", EVENING),
        ("202612050000224121", EVENING),
        ("20261205   Z224121", EVENING.replace(tzinfo=UTC)),
        ("20261205  CST224121", None),
        ("20261305    224121", None),
        ("20261205    226121", None),
        (" " * 18, None),
        ("", None),
        ("２０261205    224121", None),
    ],
)
def test_moment(text: str, value: datetime | None):
    assert moment(text) == value


def test_stamp_is_18_characters():
    assert stamp(EVENING) == "20261205    224121"
    assert stamp(EVENING, "0000") == "202612050000224121"
    assert stamp(EVENING.replace(tzinfo=UTC), "0000") == "20261205   Z224121"
    assert stamp(local(1, 1, 1)) == "00010101    000000"
    assert stamp(None) == " " * 18


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("20261205    224121", EVENING),
        ("2026-12-05 22:41:21", EVENING),
        ("2026-12-05T22:41:21", EVENING),
        ("20261205   Z224121", EVENING.replace(tzinfo=UTC)),
        ("2026-12-05T22:41:21Z", EVENING.replace(tzinfo=UTC)),
        ("2026-12-06T06:41:21+08:00", EVENING.replace(tzinfo=UTC)),
        ("0001-01-01T00:00:00+08:00", None),
        ("12/5/2026,22:41", EVENING.replace(second=0)),
        ("12/05/2026 10:41 PM", EVENING.replace(second=0)),
        ("12/5/2026 10:41:21 pm", EVENING),
        ("12/5/2026 22:41 PM", None),
        ("2026-12-05", date(2026, 12, 5)),
        ("2026/12/5", date(2026, 12, 5)),
        ("05.12.2026", date(2026, 12, 5)),
        ("2026年12月5日", date(2026, 12, 5)),
        ("20261205", date(2026, 12, 5)),
        (" 2026-12-05 ", date(2026, 12, 5)),
        ("", None),
        ("in two weeks", None),
        ("9" * 1000, None),
    ],
)
def test_due_date(text: str, due: datetime | date | None):
    assert due_date(text) == due


def test_the_dialects_own_form_comes_first():
    assert due_date("05/12/2026") == date(2026, 5, 12)
    assert due_date("05/12/2026", ["%d/%m/%Y"]) == date(2026, 12, 5)
