import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from central.accounts.operations import (
    MIN_PASSWORD,
    Role,
    Unfit,
    add_staff,
    authenticate,
    hash_password,
    record,
    set_active,
    set_role,
    stamp,
)
from central.db import open_sessions

PASSWORD = "correct horse battery"


@pytest.fixture
def session(engine):
    with open_sessions(engine).begin() as session:
        yield session


@pytest.fixture(scope="module")
def hashed():
    return hash_password("wang", PASSWORD)


def test_a_person_is_who_has_the_password(session, hashed):
    add_staff(session, "wang", "王", hashed, Role.MANAGER)
    assert authenticate(session, "wang", PASSWORD).name == "王"
    assert authenticate(session, "wang", PASSWORD + " ") is None
    assert authenticate(session, "li", PASSWORD) is None


def test_the_last_two_administrators_do_not_close_each_other(postgres_engine, hashed):
    sessions = open_sessions(postgres_engine)
    with sessions.begin() as session:
        both = [add_staff(session, name, name, hashed, Role.ADMIN) for name in ("wang", "li")]
    with sessions() as first, sessions() as second:
        set_active(first, first.merge(both[0]), active=False)
        first.flush()
        second.execute(text("SET LOCAL lock_timeout = '1ms'"))
        with pytest.raises(OperationalError):
            set_active(second, second.merge(both[1]), active=False)


def test_a_damaged_hash_lets_nobody_in(session):
    add_staff(session, "wang", "王", "plain text", Role.MANAGER)
    assert authenticate(session, "wang", "plain text") is None


def test_the_stamp_changes_with_the_password(session, hashed):
    staff = add_staff(session, "wang", "王", hashed, Role.MANAGER)
    before = stamp(staff)
    staff.password_hash = hash_password("wang", PASSWORD)
    assert stamp(staff) != before, "even for the same password: the salt is new"


@pytest.mark.parametrize("password", ["", "x" * (MIN_PASSWORD - 1), "x" * 201, "WANG-library"])
def test_a_password_that_does_not_fit_is_not_hashed(password):
    with pytest.raises(Unfit):
        hash_password("wang-library", password)


@pytest.mark.parametrize("username", ["", "W", "王", "wang li", "-wang", "wang/../admin", "w" * 65])
def test_a_user_name_is_plain(session, hashed, username):
    with pytest.raises(Unfit, match="username_form"):
        add_staff(session, username, "x", hashed, Role.ADMIN)


def test_a_user_name_is_given_once(session, hashed):
    add_staff(session, "wang", "王", hashed, Role.MANAGER)
    with pytest.raises(Unfit, match="username_taken"):
        add_staff(session, "wang", "another", hashed, Role.ADMIN)


def test_the_last_administrator_stays(session, hashed):
    first = add_staff(session, "wang", "王", hashed, Role.ADMIN)
    second = add_staff(session, "li", "李", hashed, Role.ADMIN)
    set_active(session, first, active=False)
    with pytest.raises(Unfit, match="last_admin"):
        set_active(session, second, active=False)
    with pytest.raises(Unfit, match="last_admin"):
        set_role(session, second, Role.MANAGER)
    set_active(session, first, active=True)
    set_role(session, second, Role.MANAGER)
    set_active(session, second, active=False)
    assert (first.active, second.active) == (True, False)


def test_the_audit_takes_what_strangers_type(session):
    record(session, 1, "x" * 500, "sign_in_failed", "y" * 500, "z" * 500)
    session.flush()
