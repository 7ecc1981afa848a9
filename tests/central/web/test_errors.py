"""Pages for what goes wrong, in both languages."""

import pytest
from flask import abort
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError

from central.app import ERRORS
from central.circulation.catalogue import editing
from central.circulation.ledger.models import Item
from central.web.access import ACCESS
from tests.central.web.ledger import stock
from tests.central.web.world import enter, post


@pytest.fixture
def librarian(app):
    return enter(app, "librarian")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("status", ERRORS)
def test_each_error_has_a_page_of_words(app, nobody, monkeypatch, status, language):
    monkeypatch.setitem(ACCESS, "fail", None)
    app.add_url_rule("/fail", "fail", lambda: abort(status))
    with nobody.session_transaction() as cookie:
        cookie["language"] = language
    answer = nobody.get("/fail")
    assert answer.status_code == status
    assert f'<p class="code">{status}</p>' in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert "<h1></h1>" not in answer.text


def test_a_crash_shows_a_page_and_nothing_of_its_cause(app, technician):
    def crash():
        raise RuntimeError("secret of the implementation")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["fleet.fleet"] = crash
    answer = technician.get("/fleet/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "服务器出了问题" in answer.text


@pytest.mark.parametrize("cause", [OperationalError("SELECT", None, Exception("secret")), PoolTimeoutError()])
def test_a_database_that_does_not_answer_is_said_without_asking_it(app, technician, monkeypatch, cause):
    def fail(*_, **__):
        raise cause

    monkeypatch.setattr(app.login_manager, "_user_callback", fail)
    answer = technician.get("/fleet/")
    assert answer.status_code == 503
    assert "数据库没有应答" in answer.text
    assert "secret" not in answer.text


def test_who_enters_what_another_enters_at_the_same_moment_is_told_so(app, librarian, monkeypatch):
    """The other one's row stands when this one's is written, though it was not there when it was looked for."""
    stock(app)

    def enter_item(session, said, branch):
        session.execute(
            insert(Item).values(barcode="B1", title_id=1, home_branch_id=branch, place_branch_id=branch)
        )

    monkeypatch.setattr(editing, "enter_item", enter_item)
    answer = post(librarian, "/titles/new", barcode="B9", title="边城")
    assert answer.status_code == 409
    assert "有人先了一步" in answer.text


def test_who_changes_what_another_takes_away_is_told_so(app, technician, monkeypatch):
    def fail(*_, **__):
        raise StaleDataError

    monkeypatch.setitem(app.view_functions, "fleet.fleet", fail)
    answer = technician.get("/fleet/")
    assert answer.status_code == 409
    assert "有人先了一步" in answer.text


def test_programs_get_errors_as_json(manager):
    answer = manager.get("/api/report?from=yesterday")
    assert (answer.status_code, answer.json) == (400, {"error": "Bad Request"})


@pytest.mark.parametrize(
    "path",
    ["/fleet/kiosk/nobody", "/fleet/kiosk/nobody/live", "/fleet/kiosk/nobody/facts", "/fleet/kiosk/../x"],
)
def test_a_device_that_nobody_registered_is_not_found(technician, path):
    assert technician.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["period=century", "on=2026-02-30", "on=1066-10-14", "from=2026-01-02&to=2026-01-01"]
)
def test_a_period_that_does_not_exist_is_refused(manager, query):
    assert manager.get(f"/report?{query}").status_code == 400


def test_health_is_open_and_says_what_is_there(app, nobody):
    answer = nobody.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"database": True, "broker": False})


def test_health_says_when_the_database_is_gone(nobody, config):
    (config.state / "central.db").write_bytes(b"this is no database at all, it was overwritten")
    answer = nobody.get("/healthz")
    assert (answer.status_code, answer.json["database"]) == (503, False)
