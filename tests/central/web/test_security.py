"""Headers, cookies, tokens, and what a page may not contain."""

import re

import msgspec
import pytest

from central.app import create_app, disconnect
from central.web.security import HEADERS, MAX_FORM_OCTETS
from tests.central.web.world import NEW, ROOM, beat, enter, post, say
from wire.condition import Trouble

PAGES = {
    None: ["/sign-in"],
    "technician": [
        "/fleet/",
        f"/fleet/kiosk/{ROOM}",
        f"/fleet/kiosk/{NEW}",
        f"/fleet/kiosk/{ROOM}/facts",
        "/fleet/refused",
        "/account",
        "/nothing",
    ],
    "manager": ["/report", "/report?period=day", "/fleet/"],
    "admin": ["/staff", "/audit"],
}
EVERY = [(who, path) for who, paths in PAGES.items() for path in paths]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize(("who", "path"), EVERY)
def test_no_page_needs_more_than_its_policy_allows(app, who, path):
    say(
        app,
        ROOM,
        "degraded",
        troubles=(Trouble(403, "door", 1, "x"),),
        roles=("room",),
        devices={"door": "y"},
    )
    beat(app, ROOM)
    answer = enter(app, who).get(path)
    assert INLINE.findall(answer.text) == []
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "no-store"
    for address in re.findall(r' (?:src|href|action)="([^"]+)"', answer.text):
        assert address.startswith(("/", "#")), f"{address} leaves the site"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_cookie_is_kept_from_scripts_and_other_sites(nobody):
    cookie = nobody.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_a_proxy_the_cookie_travels_over_https_alone(config):
    web = msgspec.structs.replace(config.web, behind_proxy=True)
    app = create_app(msgspec.structs.replace(config, web=web))
    answer = app.test_client().get(
        "/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    )
    disconnect(app)
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]


def test_without_a_proxy_nobody_chooses_their_own_address(app, nobody):
    for n in range(10):
        headers = {"X-Forwarded-For": f"203.0.113.{n}"}
        page = nobody.get("/sign-in", headers=headers).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        form = {"csrf_token": token, "username": "x", "password": "wrong password"}
        nobody.post("/sign-in", data=form, headers=headers)
    assert nobody.post("/sign-in", data=form, headers={"X-Forwarded-For": "203.0.113.99"}).status_code == 429


@pytest.mark.parametrize(
    "path",
    [
        "/sign-out",
        "/language",
        "/account/password",
        "/staff",
        f"/fleet/kiosk/{ROOM}/orders",
        "/staff/gone/active",
        "/staff/gone/password",
    ],
)
def test_a_form_without_its_token_is_refused(admin, path):
    answer = admin.post(path, data={"verb": "door.release", "language": "en"})
    assert answer.status_code == 400
    assert "表单可能已过期" in answer.text


def test_every_form_that_changes_something_bears_a_token(app, admin):
    for path in ("/fleet/", f"/fleet/kiosk/{ROOM}", "/staff", "/account", "/report"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', admin.get(path).text, re.DOTALL):
            assert 'name="csrf_token"' in form


def test_an_oversize_form_is_refused(technician):
    answer = post(technician, "/language", language="x" * (MAX_FORM_OCTETS + 1))
    assert answer.status_code == 413


def test_static_files_are_kept_and_change_their_address_with_their_content(technician):
    address = re.search(r'href="(/static/console.css\?v=[0-9a-f]{12})"', technician.get("/account").text)[1]
    answer = technician.get(address)
    assert "max-age=2592000" in answer.headers["Cache-Control"]
    answer.close()


def test_what_devices_say_is_text_and_never_markup(app, technician):
    evil = "<script>alert(1)</script>"

    def told(state):
        trouble = Trouble(403, evil, 1, evil)
        say(app, ROOM, state, troubles=(trouble,), devices={evil: evil}, version=evil)

    told("degraded")
    for path in ("/fleet/", f"/fleet/kiosk/{ROOM}"):
        assert evil not in technician.get(path).text
    stream = technician.get("/fleet/live", buffered=False)
    parts = iter(stream.response)
    first = next(parts)
    told("broken")
    assert evil.encode() not in first + next(parts)
    stream.close()


@pytest.mark.parametrize(
    "path", ["/owed/?view=%00", f"/owed/{ROOM}/%00", "/hours?branch=a%00", "/sign-in?next=%00"]
)
def test_a_nul_is_refused_before_anybody_stores_or_looks_for_it(admin, path):
    assert admin.get(path).status_code == 400


def test_a_nul_in_a_form_is_refused(admin):
    answer = post(admin, "/lists/deny", kind="item", number="B1\0", branch="", reason="x", until="")
    assert answer.status_code == 400
    answer = post(admin, "/hours/ZHEN", **{"holiday.\0": "closed"})
    assert answer.status_code == 400


def test_numbers_that_no_column_holds_find_nothing(admin):
    assert admin.get(f"/owed/?skip={10**30}").status_code == 200
    assert post(admin, f"/lists/deny/{10**30}/lift").status_code == 404
