"""The page of announcements: who may announce, and what is kept of it."""

from sqlalchemy import select

from central.accounts.models import AuditEntry
from central.idle.models import Announcement
from tests.central.web.world import post, services

WISH = {
    "zh": "国庆期间照常开放",
    "en": "Open on the holiday",
    "branch": "ZHEN",
    "from": "2026-01-01",
    "until": "2999-12-31",
}


def kept(app):
    with services(app).reading() as session:
        return session.scalars(select(Announcement)).all()


def test_a_manager_announces_and_takes_it_down(app, manager):
    year = {**WISH, "zh": "国庆期间\r\n照常开放", "from": "2999-01-01"}
    assert post(manager, "/announcements/", **year).location == "/announcements/"
    text = manager.get("/announcements/").text
    assert "国庆期间 照常开放" in text, "one line"
    assert "Open on the holiday" in text
    (one,) = kept(app)
    assert (one.branch_id, one.staff, one.until_on.isoformat()) == ("ZHEN", "manager", "2999-12-31")
    post(manager, f"/announcements/{one.id}/end")
    assert kept(app) == []
    with services(app).reading() as session:
        actions = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions == ["announced", "announcement_ended"]


def test_what_is_refused_stays_typed(app, manager):
    answer = post(manager, "/announcements/", **WISH)  # longer than a year
    assert answer.status_code == 422
    assert "国庆期间照常开放" in answer.text
    assert kept(app) == []


def test_a_technician_reads_and_announces_nothing(app, technician):
    assert technician.get("/announcements/").status_code == 200
    assert post(technician, "/announcements/", **WISH).status_code == 403
