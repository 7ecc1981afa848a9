"""The pages of admission: what is kept, what is refused and why, what kiosks get of it."""

from datetime import date

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.circulation.ledger.models import Terms
from central.clock_ms import now_ms
from central.lists import making
from central.lists.models import ListBody
from central.rooms.admission.models import RoomAdmission, RoomCard
from tests.central.web.world import post, services
from wire.admission import Admission, Limit
from wire.lists import Body, entry, holds

ASKED = {
    "types": "成人、少儿，成人",
    "min_age": "14",
    "max_age": "",
    "max_fees": "10.5",
    "terms": "2026-1",
    "companions": "3",
    "pin": "online",
    "persons": "40",
    "limits": "2026-12-01 2026-12-31 20\n2026-10-01 至 2026-10-08 30",
}
KEPT = Admission(
    types=("成人", "少儿"),
    min_age=14,
    max_fees_fen=1050,
    terms="2026-1",
    companions=3,
    pin="online",
    persons=40,
    limits=(Limit("2026-10-01", "2026-10-08", 30), Limit("2026-12-01", "2026-12-31", 20)),
)
CARD = {"number": "S0001", "kind": "staff", "why": "馆员王芳", "until": ""}


def rows(app, kind):
    with services(app).reading() as session:
        return session.scalars(select(kind)).all()


def test_what_is_asked_reaches_the_kiosks_and_is_typed_back(app, manager):
    assert post(manager, "/admission/ZHEN", **ASKED).location == "/admission/ZHEN"
    (row,) = rows(app, RoomAdmission)
    assert msgspec.convert(row.asked, Admission) == KEPT
    text = manager.get("/admission/ZHEN").text
    assert 'value="10.50"' in text
    assert "2026-10-01 2026-10-08 30" in text
    assert "≥ 14" in manager.get("/admission/").text
    post(manager, "/admission/ZHEN/cards", **CARD)
    issued = {
        "2026-1": date(2026, 1, 1),
        "2027-1": date(2027, 1, 1),
        "v9": date(2025, 1, 1),
        "2026-2": date(2026, 7, 1),
    }
    with services(app).writing.begin() as session:
        session.add_all(Terms(version=name, from_on=on, text_zh="读者须知") for name, on in issued.items())
    making.make(services(app).reading, services(app).writing, now_ms(), 7 * making.DAY_MS)
    body = next(
        msgspec.json.decode(one.octets, type=Body) for one in rows(app, ListBody) if one.name == "room"
    )
    assert body.room == replace(KEPT, terms_after=("2026-2", "2027-1"))
    (staff,) = body.readers
    assert staff.type == "staff"
    assert holds(staff.keys, entry(body.salt, "reader", "S0001"))


def test_a_branch_gives_up_what_it_asks(app, manager):
    post(manager, "/admission/ZHEN", **ASKED)
    assert 'name="clear"' in post(manager, "/admission/ZHEN", **{**ASKED, "pin": "perhaps"}).text
    post(manager, "/admission/ZHEN", clear="yes")
    assert rows(app, RoomAdmission) == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("min_age", "121", "最低年龄为"),
        ("max_age", "13", "最高年龄为"),
        ("max_fees", "ten", "欠费上限写作"),
        ("terms", "2026/1", "服务条款版本由"),
        ("companions", "10", "同行人数为"),
        ("pin", "perhaps", "请选择是否需要密码"),
        ("persons", "many", "人数上限为"),
        ("limits", "2026-10-08 2026-10-01 30", "限流每行一个"),
        ("limits", "2026-02-30 2026-03-01 30", "限流每行一个"),
        ("types", "长" * 65, "读者类型用"),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed(app, manager, field, value, told):
    answer = post(manager, "/admission/ZHEN", **{**ASKED, field: value})
    assert answer.status_code == 422
    assert told in answer.text
    assert field == "pin" or value in answer.text
    assert rows(app, RoomAdmission) == []


def test_a_card_is_kept_once_taken_off_and_never_told_whole_in_the_audit(app, manager):
    post(manager, "/admission/ZHEN/cards", **CARD)
    post(manager, "/admission/ZHEN/cards", **{**CARD, "kind": "banned"})
    (card,) = rows(app, RoomCard)
    assert (card.kind, card.branch_id, card.until_on) == ("staff", "ZHEN", None)
    post(manager, f"/admission/cards/{card.id}/remove")
    post(manager, "/admission/ZHEN/cards", number="R0002", kind="banned", why="吸烟", until="2999-12-31")
    assert [(one.kind, one.number) for one in rows(app, RoomCard)] == [("banned", "R0002")]
    told = [(entry.action, entry.subject) for entry in rows(app, AuditEntry)]
    assert told[-3:] == [
        ("room_card_added", "staff …0001 ZHEN 馆员王芳"),
        ("room_card_removed", "staff …0001 ZHEN 馆员王芳"),
        ("banned", "banned …0002 ZHEN 吸烟"),
    ]


@pytest.mark.parametrize(
    "wrong", [{"number": ""}, {"kind": "king"}, {"why": " "}, {"until": "2000-01-01"}, {"until": "soon"}]
)
def test_a_card_that_says_too_little_is_refused(app, manager, wrong):
    answer = post(manager, "/admission/ZHEN/cards", **{**CARD, **wrong})
    assert answer.status_code == 422
    assert all(
        f'value="{typed}"' in answer.text for typed in ({**CARD, **wrong}["number"], wrong.get("until", ""))
    )
    assert rows(app, RoomCard) == []
