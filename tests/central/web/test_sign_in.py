"""Signing in and out, what a session survives, what the audit says."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from markupsafe import escape
from sqlalchemy import select

from central.accounts import operations
from central.accounts.models import AuditEntry, Staff
from central.guesses import FREE_NAME
from central.web import security
from central.web.security import LIMITS
from tests.central.web.world import PASSWORD, enter, post, services


def sign_in(client, username="technician", password=PASSWORD, next_=""):
    path = f"/sign-in?next={next_}" if next_ else "/sign-in"
    return post(client, path, page="/sign-in", username=username, password=password)


def audit(app):
    with services(app).reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(entry.staff, entry.action, entry.subject, entry.address) for entry in entries]


def test_the_right_password_opens_the_console_and_is_on_record(app, nobody):
    assert sign_in(nobody).location == "/fleet/"
    assert nobody.get("/fleet/").status_code == 200
    assert audit(app) == [("technician", "signed_in", "", "127.0.0.1")]


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("technician", "wrong password"),
        ("stranger", PASSWORD),
        ("gone", PASSWORD),
        ("technician", ""),
        ("", ""),
        ("technician' OR 1=1 --", PASSWORD),
        ("a" * 500, "b" * 5000),
    ],
)
def test_every_failure_looks_the_same_and_is_on_record(app, nobody, username, password):
    answer = sign_in(nobody, username, password)
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert f'value="{escape(username[:100])}"' in answer.text
    assert nobody.get("/fleet/").status_code == 302
    ((staff, action, _, _),) = audit(app)
    assert (staff, action) == (username[:64], "sign_in_failed")


def test_an_unknown_name_costs_what_a_known_one_does():
    known = extract_parameters(PasswordHasher().hash("x"))
    assert extract_parameters(operations._UNKNOWN) == known


def test_no_password_fits_the_hash_for_unknown_names():
    assert not any(operations._fits(operations._UNKNOWN, guess) for guess in ("", "x", operations._UNKNOWN))


def test_the_way_back_is_followed_on_this_site_alone(app):
    assert sign_in(enter(app, None), next_="/fleet/refused").location == "/fleet/refused"
    assert sign_in(enter(app, None), next_="//evil.example/").location == "/fleet/"


def test_a_session_keeps_nothing_from_before_the_sign_in_but_the_language(nobody):
    with nobody.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
        cookie["language"] = "en"
    sign_in(nobody)
    with nobody.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["language"] == "en"


def test_too_many_failures_of_one_address_are_turned_away(nobody):
    most = int(LIMITS["accounts.sign_in"].split(" ", 1)[0])
    for number in range(most):
        assert sign_in(nobody, f"name-{number}", "wrong password").status_code == 401
    answer = sign_in(nobody)
    assert answer.status_code == 429
    assert "尝试次数过多" in answer.text


def test_one_name_is_slow_from_everywhere_but_where_it_signed_in_before(app):
    """Its own place is never kept out by strangers; a right password is no better than a wrong one elsewhere."""

    def at(address, username="technician", password=PASSWORD):
        client = enter(app, None)
        client.environ_base["REMOTE_ADDR"] = address
        return sign_in(client, username, password).status_code

    assert at("198.51.100.1") == 302
    assert [at(f"203.0.113.{number}", password="wrong") for number in range(FREE_NAME + 2)] == [
        *[401] * (FREE_NAME + 1),
        429,
    ]
    assert at("203.0.113.77") == 429
    assert at("198.51.100.1") == 302
    assert at("203.0.113.77", "librarian") == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::/64"),
        ("fe80::7%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "127.0.0.1"),
        ("nowhere", "nowhere"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_address(app, address, counted):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert security._network() == counted


def test_success_does_not_use_up_attempts(app):
    most = int(LIMITS["accounts.sign_in"].split(" ", 1)[0])
    assert {sign_in(enter(app, None)).status_code for _ in range(most + 1)} == {302}


def test_signing_out_ends_the_session(app, technician):
    assert post(technician, "/sign-out").location == "/sign-in"
    assert technician.get("/fleet/").status_code == 302
    assert audit(app) == [("technician", "signed_out", "", "127.0.0.1")]


def test_a_closed_account_is_out_with_its_next_request(app, technician):
    with services(app).writing.begin() as session:
        session.get(Staff, "technician").active = False
    assert technician.get("/fleet/").status_code == 302


def test_whoever_is_signed_in_needs_no_sign_in_page(technician):
    assert technician.get("/sign-in").location == "/fleet/"


def test_a_forged_session_is_nobody(app):
    client = app.test_client()
    client.set_cookie("shuwu", "eyJfdXNlcl9pZCI6ImFkbWluIn0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert client.get("/fleet/").status_code == 302
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "admin 0123456789abcdef"
    assert client.get("/fleet/").status_code == 302
