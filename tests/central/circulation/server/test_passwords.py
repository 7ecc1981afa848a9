"""What fits, what never does, and what is remembered."""

import pytest

from central.circulation.server import passwords
from central.circulation.server.passwords import MAX_PASSWORD, Verifier, hash_password


@pytest.fixture
def checks(monkeypatch):
    """How many passwords went through argon2."""
    seen = []
    verify = passwords._verify

    def counted(password_hash, password):
        seen.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    return seen


def test_a_hash_is_argon2id_with_a_salt_of_its_own():
    first, second = hash_password("135790"), hash_password("135790")

    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_what_fits_is_checked_once(checks):
    verifier, stored = Verifier(), hash_password("135790")

    assert [verifier.fits(stored, "135790") for _ in range(3)] == [True, True, True]
    assert len(checks) == 1


def test_what_does_not_fit_is_checked_each_time(checks):
    verifier, stored = Verifier(), hash_password("135790")

    assert not any(verifier.fits(stored, "135791") for _ in range(3))
    assert len(checks) == 3


@pytest.mark.parametrize("stored", [None, ""])
def test_nobody_costs_a_check_like_everybody(checks, stored):
    assert not Verifier().fits(stored, "135790")
    (checked,) = checks
    assert checked.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_changed_password_is_not_remembered():
    verifier = Verifier()
    assert verifier.fits(hash_password("old"), "old")

    assert not verifier.fits(hash_password("new"), "old")


def test_memory_is_bounded_and_the_least_used_leaves(checks):
    verifier = Verifier(remembered=2)
    first, second, third = (hash_password(text) for text in ("1", "2", "3"))
    for stored, text in ((first, "1"), (second, "2"), (first, "1"), (third, "3")):
        assert verifier.fits(stored, text)
    checks.clear()

    assert verifier.fits(first, "1")
    assert not checks
    assert verifier.fits(second, "2")
    assert checks == [second]


@pytest.mark.parametrize("password", ["x" * (MAX_PASSWORD + 1), "\udcff", ""])
def test_odd_passwords_do_not_fit(password):
    assert not Verifier().fits(hash_password("x" * MAX_PASSWORD), password)


def test_a_damaged_hash_fits_nothing():
    assert not Verifier().fits("no hash at all", "135790")
