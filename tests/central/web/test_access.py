"""Who may see what, page by page, and what everybody else gets."""

import re

import pytest

from central.web.access import ACCESS, is_local
from tests.central.web.world import ROOM, enter, post

T, L, M, A = "technician", "librarian", "manager", "admin"
TXN = "0a" * 8
READER_FORMS = ("change", "pin", "block", "loans", "holds", "pay", "charge", "deposit", "export", "history")

PAGES = {
    "/": {T, L, M, A},
    "/account": {T, L, M, A},
    "/fleet/": {T, A},
    "/fleet/live": {T, A},
    f"/fleet/kiosk/{ROOM}": {T, A},
    f"/fleet/kiosk/{ROOM}/live": {T, A},
    f"/fleet/kiosk/{ROOM}/records": {T, A},
    f"/fleet/kiosk/{ROOM}/facts": {T, A},
    "/fleet/refused": {T, A},
    "/owed/": {T, L, M, A},
    "/admission/": {T, L, M, A},
    "/admission?branch=ZHEN": {M, A},
    "/admission/ZHEN": {M, A},
    "/alarms/": {T, L, M, A},
    "/alarms/list": {T, L, M, A},
    "/alarms/live": {T, L, M, A},
    "/alarms/history": {T, L, M, A},
    "/alarms/1": {T, L, M, A},
    "/alarms/duty": {T, L, M, A},
    "/help/": {T, L, M, A},
    "/help/live": {T, L, M, A},
    f"/help/kiosk/{ROOM}": {T, L, M, A},
    f"/help/kiosk/{ROOM}/talk": {T, L, M, A},
    f"/help/kiosk/{ROOM}/live": {T, L, M, A},
    f"/owed/{ROOM}/{TXN}": {T, L, M, A},
    "/payments/": {T, L, M, A},
    "/payments/payments.csv": {M, A},
    "/payments/reconciliation": {M, A},
    "/lists/": {T, L, M, A},
    "/hours/": {T, L, M, A},
    "/hours?branch=ZHEN": {M, A},
    "/hours/ZHEN": {M, A},
    "/holidays/": {M, A},
    "/announcements/": {T, L, M, A},
    "/desk/": {L, M, A},
    "/desk/token": {L, M, A},
    "/readers/": {L, M, A},
    "/readers/new": {L, M, A},
    "/readers/token": {L, M, A},
    "/titles/": {L, M, A},
    "/titles/1": {L, M, A},
    "/titles/new": {L, M, A},
    "/titles/item": {L, M, A},
    "/loans/": {L, M, A},
    "/amnesties/": {L, M, A},
    "/rules/": {L, M, A},
    "/branches/": {L, M, A},
    "/imports/": {M, A},
    "/imports/1": {M, A},
    "/air/": {T, L, M, A},
    f"/air/{ROOM}": {T, L, M, A},
    "/report": {M, A},
    "/report.csv": {M, A},
    "/api/report": {M, A},
    "/staff": {A},
    "/audit": {A},
}
FORMS = {
    "/sign-out": {T, L, M, A},
    "/announcements/": {L, M, A},
    "/announcements/1/end": {L, M, A},
    "/account/password": {T, L, M, A},
    f"/fleet/kiosk/{ROOM}/orders": {T, A},
    f"/owed/{ROOM}/{TXN}/resolution": {T, L, M, A},
    f"/owed/{ROOM}/{TXN}/verdict": {T, L, M, A},
    "/admission/ZHEN": {M, A},
    "/admission/ZHEN/cards": {M, A},
    "/admission/cards/1/remove": {M, A},
    "/alarms/1/acknowledge": {T, L, M, A},
    "/alarms/1/close": {T, L, M, A},
    "/alarms/duty/turns": {M, A},
    "/alarms/duty/turns/1/remove": {M, A},
    "/alarms/duty/cameras": {M, A},
    "/alarms/duty/drills": {M, A},
    f"/help/kiosk/{ROOM}/say": {T, L, M, A},
    f"/help/kiosk/{ROOM}/end": {T, L, M, A},
    f"/owed/{ROOM}/{TXN}/orphan": {T, L, M, A},
    f"/owed/{ROOM}/{TXN}/card": {M, A},
    "/payments/resolution": {L, M, A},
    "/payments/book": {L, M, A},
    "/payments/reconciliation": {M, A},
    "/lists/deny": {M, A},
    "/lists/deny/1/lift": {M, A},
    "/hours/ZHEN": {M, A},
    "/hours/ZHEN/close": {M, A},
    "/hours/closures/1/reopen": {M, A},
    "/holidays/": {M, A},
    "/holidays/national/2027/remove": {M, A},
    "/desk/": {L, M, A},
    "/desk/token": {L, M, A},
    "/readers/": {L, M, A},
    "/readers/new": {L, M, A},
    **{f"/readers/token/{what}": {L, M, A} for what in READER_FORMS},
    "/readers/token/waive": {M, A},
    "/readers/token/erase": {M, A},
    "/readers/branch": {L, M, A},
    "/titles/1": {L, M, A},
    "/titles/new": {L, M, A},
    "/titles/item": {L, M, A},
    "/titles/item/lost": {L, M, A},
    "/amnesties/": {M, A},
    "/amnesties/1/forgive": {M, A},
    "/amnesties/1/end": {M, A},
    "/rules/": {M, A},
    "/rules/types": {M, A},
    "/rules/closures": {M, A},
    "/rules/closures/1": {M, A},
    "/rules/terms": {M, A},
    "/branches/": {M, A},
    "/branches/lockers": {M, A},
    "/branches/lockers/remove": {M, A},
    "/imports/": {M, A},
    "/imports/1/keep": {M, A},
    "/imports/1/drop": {M, A},
    "/imports/export": {M, A},
    "/staff": {A},
    "/staff/gone/active": {A},
    "/staff/gone/password": {A},
    "/staff/gone/role": {A},
}
OPEN = {"/sign-in", "/healthz", "/static/console.css", "/language"}


def test_every_page_is_in_the_table_and_in_this_test(app):
    adapter = app.url_map.bind("localhost")
    tested = {
        adapter.match(path.partition("?")[0], method="GET")[0] for path in [*PAGES, "/sign-in", "/healthz"]
    }
    tested |= {adapter.match(path, method="POST")[0] for path in [*FORMS, "/language", "/payments/notify"]}
    tested |= {"static"}
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ACCESS) == tested


@pytest.mark.parametrize("role", [T, L, M, A])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_open_to_its_roles_alone(app, role, path):
    answer = enter(app, role).get(path)
    assert (answer.status_code != 403) is (role in PAGES[path])
    assert answer.status_code in {200, 302, 403, 404}, "404: of a transaction that nobody knows"
    answer.close()


@pytest.mark.parametrize("role", [T, L, M, A])
@pytest.mark.parametrize("path", FORMS)
def test_a_form_is_taken_from_its_roles_alone(app, role, path):
    answer = post(enter(app, role), path)
    assert (answer.status_code != 403) is (role in FORMS[path])


@pytest.mark.parametrize(
    "path", [path for path in PAGES if not path.startswith("/api") and "live" not in path]
)
def test_whoever_is_not_signed_in_is_shown_the_door_and_comes_back(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/api/report", *FORMS])
def test_programs_and_forms_without_a_session_get_a_plain_401(nobody, path):
    answer = nobody.get(path) if path.startswith("/api") else post(nobody, path, page="/sign-in")
    assert answer.status_code == 401


def test_a_stream_without_a_session_gets_a_plain_401(nobody):
    assert nobody.get("/fleet/live", headers={"Accept": "text/event-stream"}).status_code == 401


def test_a_fragment_without_a_session_sends_the_whole_page_to_sign_in(nobody):
    answer = nobody.get("/fleet/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_each_role_starts_where_its_work_is(app):
    starts = {role: enter(app, role).get("/").location for role in (T, L, M, A)}
    assert starts == {T: "/fleet/", L: "/desk/", M: "/report", A: "/fleet/"}


def test_a_page_that_the_table_forgot_is_refused_to_everybody(app):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert enter(app, A).get("/forgotten").status_code == 403


def test_the_navigation_shows_open_pages_alone(technician, manager):
    assert "/report" not in technician.get("/fleet/").text
    assert "/fleet/" not in manager.get("/report").text


@pytest.mark.parametrize(
    ("target", "local"),
    [
        ("/fleet/?branch=ZHEN", True),
        ("/", True),
        ("", False),
        ("fleet", False),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/\t/evil.example", False),
        ("/ok\r\nSet-Cookie: a=b", False),
    ],
)
def test_only_paths_of_our_own_are_followed(target, local):
    assert is_local(target) is local


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/desk/", "借还业务"),
        ("/rules/", "借还业务"),
        (f"/fleet/kiosk/{ROOM}", "设备"),
        ("/fleet/refused", "拒收消息"),
    ],
)
def test_the_navigation_says_where_one_is(app, path, name):
    bar = enter(app, A).get(path).text.partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)', bar) == [name]
