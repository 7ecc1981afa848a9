"""Secrets are made once, kept private, and missed at once."""

import stat

import pytest

from central import keys
from central.config import ConfigError


def test_made_once_and_read_back(tmp_path):
    state = tmp_path / "deep" / "state"
    assert keys.make(state) == [keys.SIGNING, keys.SEALING, keys.READERS, keys.WEB]
    first = keys.load(state)
    assert keys.make(state) == []
    again = keys.load(state)
    assert first.signing.private_bytes_raw() == again.signing.private_bytes_raw()
    assert first.sealing.private_bytes_raw() == again.sealing.private_bytes_raw()
    assert (first.readers, first.web) == (again.readers, again.web)
    assert len({first.readers, first.web}) == 2


def test_nobody_else_may_read_them(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    keys.make(state)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    for path in state.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", [keys.SIGNING, keys.SEALING, keys.READERS, keys.WEB])
def test_a_missing_one_refuses_to_start(tmp_path, name):
    keys.make(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ConfigError, match=rf"{name}: No such file.*shuwu-central init"):
        keys.load(tmp_path)
    assert keys.make(tmp_path) == [name]


@pytest.mark.parametrize("name", [keys.SIGNING, keys.SEALING, keys.READERS, keys.WEB])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_one_that_others_may_read_refuses_to_start(tmp_path, name, mode):
    keys.make(tmp_path)
    (tmp_path / name).chmod(mode)
    with pytest.raises(ConfigError, match=f"{name}: open to others"):
        keys.load(tmp_path)


@pytest.mark.parametrize("name", [keys.SIGNING, keys.SEALING, keys.READERS, keys.WEB])
@pytest.mark.parametrize("damage", [b"", b"x" * 31])
def test_a_damaged_one_refuses_to_start(tmp_path, name, damage):
    keys.make(tmp_path)
    (tmp_path / name).write_bytes(damage)
    with pytest.raises(ConfigError, match=name):
        keys.load(tmp_path)


def test_a_key_of_the_other_kind_refuses_to_start(tmp_path):
    keys.make(tmp_path)
    (tmp_path / keys.SEALING).write_bytes((tmp_path / keys.SIGNING).read_bytes())
    with pytest.raises(ConfigError, match=r"sealing\.key: not an X25519 key in PEM"):
        keys.load(tmp_path)


def test_an_installation_from_before_the_sealing_key_gets_one_and_keeps_the_others(tmp_path):
    keys.make(tmp_path)
    before = keys.load(tmp_path)
    (tmp_path / keys.SEALING).unlink()
    with pytest.raises(ConfigError, match=r"sealing.key: No such file.*`shuwu-central init` makes it"):
        keys.load(tmp_path)
    assert keys.make(tmp_path) == [keys.SEALING]
    after = keys.load(tmp_path)
    assert after.signing.private_bytes_raw() == before.signing.private_bytes_raw()
    assert (after.readers, after.web) == (before.readers, before.web)


def test_no_secret_in_a_repr(tmp_path):
    keys.make(tmp_path)
    assert repr(keys.load(tmp_path)) == "Keys(…)"


def test_the_key_of_id_cards_is_the_same_each_time_and_tells_nothing_of_the_readers_key(tmp_path):
    state = tmp_path / "state"
    keys.make(state)
    first, again = keys.load(state), keys.load(state)
    assert first.id_cards == again.id_cards
    assert len(first.id_cards) == 32
    assert first.id_cards != first.readers
