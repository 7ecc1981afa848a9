"""Secrets are minted once, kept from others, and never guessed."""

from __future__ import annotations

import hashlib
import hmac
import os

import pytest

from kiosk import tpm
from kiosk.config import ConfigError
from kiosk.secrets import decrypt_card, encrypt_card, open_state, pseudonym, read_password

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def no_tpm_of_the_machine_under_the_tests(monkeypatch, tmp_path):
    monkeypatch.setattr(tpm, "DEVICE", tmp_path / "no such device")


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / "kiosk" / "state"
    open_state(folder)
    return folder


@pytest.fixture
def password(tmp_path):
    path = tmp_path / "ils.password"
    path.write_text("密码 with blanks \nsecond line\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_keys_are_minted_once(state):
    first = open_state(state)
    assert open_state(state) == first
    (cards,) = first.cards
    assert len(cards) == len(first.pseudonyms) == 32
    assert cards != first.pseudonyms
    assert repr(first) == "Secrets(locked='')"
    modes = {entry.name: entry.stat().st_mode & 0o777 for entry in state.iterdir()}
    assert modes == {"cards.key": 0o600, "pseudonyms.key": 0o600}
    assert state.stat().st_mode & 0o777 == 0o700


def test_two_kiosks_have_two_keys(tmp_path):
    assert open_state(tmp_path / "a") != open_state(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
@pytest.mark.parametrize("name", ["cards.key", "pseudonyms.key"])
def test_a_key_that_others_may_read_is_refused(state, name, mode):
    (state / name).chmod(mode)
    with pytest.raises(ConfigError, match=name):
        open_state(state)


def test_a_folder_that_others_may_read_is_refused(state):
    state.chmod(0o750)
    with pytest.raises(ConfigError, match="0700 meant"):
        open_state(state)


def test_a_stricter_mode_is_as_good(state):
    (state / "cards.key").chmod(0o400)
    assert len(open_state(state).cards[0]) == 32


def test_a_short_key_is_refused(state):
    (state / "cards.key").write_bytes(b"short")
    with pytest.raises(ConfigError, match="5 octets, 32 meant"):
        open_state(state)


def test_a_key_half_written_at_a_power_cut_is_minted_again(state):
    (state / "cards.key").unlink()
    (state / "cards.new").write_bytes(b"half")
    assert len(open_state(state).cards[0]) == 32


def test_a_state_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "state").write_text("")
    with pytest.raises(ConfigError, match="state"):
        open_state(tmp_path / "state")


def test_a_pseudonym_is_a_keyed_hash():
    assert pseudonym(KEY, "读者1") == hmac.new(KEY, "读者1".encode(), hashlib.sha256).hexdigest()[:32]
    assert pseudonym(KEY, "1") != pseudonym(bytes(32), "1")


def test_a_card_decrypts_with_its_key_and_transaction_alone():
    octets = encrypt_card(KEY, "a" * 16, "20011234")
    assert decrypt_card([KEY], "a" * 16, octets) == "20011234"
    assert decrypt_card([bytes(32), KEY], "a" * 16, octets) == "20011234"
    assert decrypt_card([KEY], "b" * 16, octets) is None
    assert decrypt_card([bytes(32)], "a" * 16, octets) is None
    assert decrypt_card([], "a" * 16, octets) is None
    assert encrypt_card(KEY, "a" * 16, "20011234") != octets


def test_the_password_is_the_first_line(password):
    assert read_password(password) == "密码 with blanks "


@pytest.mark.parametrize("content", [b"", b"\n", b"\nsecond", b"\xff\xfe"])
def test_no_password_is_refused(password, content):
    password.write_bytes(content)
    with pytest.raises(ConfigError, match="no password"):
        read_password(password)


def test_a_password_that_others_may_read_is_refused(password):
    password.chmod(0o644)
    with pytest.raises(ConfigError, match="mode 0644, 0600 meant"):
        read_password(password)


def test_a_missing_password_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="nothing"):
        read_password(tmp_path / "nothing")


# ---------------------------------------------------------------- the card key
STAND_IN = """#!/bin/sh
# Stands in for systemd-creds: a TPM whose secret is the file $SYSTEMD_TPM2_DEVICE, and which breaks without it.
set -e
test -s "$SYSTEMD_TPM2_DEVICE"
case "$1" in
encrypt) cat "$SYSTEMD_TPM2_DEVICE"; echo "$3"; base64 -w0 ;;
decrypt) read -r board; read -r name; test "$board" = "$(cat "$SYSTEMD_TPM2_DEVICE")"; test "$name" = "$2"; base64 -d ;;
esac
"""


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A machine with a TPM: the file whose content tells one board from another."""
    folder, secret = tmp_path / "bin", tmp_path / "tpm"
    folder.mkdir()
    (folder / "systemd-creds").write_text(STAND_IN)
    (folder / "systemd-creds").chmod(0o755)
    secret.write_text("board one\n")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("SYSTEMD_TPM2_DEVICE", str(secret))
    return secret


def names(state):
    return sorted(entry.name for entry in state.iterdir())


def test_a_tpm_keeps_the_card_key_and_no_file_does(tmp_path, board):
    state = tmp_path / "state"
    first = open_state(state)
    assert names(state) == ["cards.sealed", "pseudonyms.key"]
    assert open_state(state) == first
    assert first.cards[0] not in (state / "cards.sealed").read_bytes()


def test_a_key_in_clear_is_sealed_when_there_is_a_tpm(state, request):
    before = open_state(state)
    request.getfixturevalue("board")
    assert open_state(state) == before
    assert names(state) == ["cards.sealed", "pseudonyms.key"]


def test_power_that_went_between_sealing_and_forgetting_leaves_no_key_in_clear(tmp_path, board):
    state = tmp_path / "state"
    first = open_state(state)
    (state / "cards.key").write_bytes(*first.cards)
    (state / "cards.key").chmod(0o600)
    assert open_state(state) == first
    assert names(state) == ["cards.sealed", "pseudonyms.key"]


def gone(board):
    board.unlink()


def another(board):
    board.write_text("board two\n")


def tool_gone(board):
    (board.parent / "bin" / "systemd-creds").chmod(0o644)


def hung(board):
    (board.parent / "bin" / "systemd-creds").write_text("#!/bin/sh\nexec sleep 60")


@pytest.mark.parametrize("befalls", [gone, another, tool_gone, hung])
def test_a_key_that_the_tpm_keeps_back_is_never_replaced(tmp_path, board, monkeypatch, befalls):
    monkeypatch.setattr(tpm, "TIMEOUT_S", 0.3)
    state, works = tmp_path / "state", (tmp_path / "bin" / "systemd-creds").read_bytes()
    first = open_state(state)
    befalls(board)
    without = open_state(state)
    assert without.locked
    assert without.cards != first.cards
    assert without.pseudonyms == first.pseudonyms
    assert names(state) == ["cards.key", "cards.sealed", "pseudonyms.key"]
    assert open_state(state) == without, "it lasts as long as the other one is kept back"
    (tmp_path / "bin" / "systemd-creds").write_bytes(works)
    (tmp_path / "bin" / "systemd-creds").chmod(0o755)
    board.write_text("board one\n")
    again = open_state(state)
    assert (again.cards, again.locked) == (first.cards + without.cards, ""), "each reads what it encrypted"
    assert open_state(state) == again


def test_a_sealed_key_that_staff_take_away_is_followed_by_the_one_that_served_meanwhile(tmp_path, board):
    state = tmp_path / "state"
    open_state(state)
    another(board)
    meanwhile = open_state(state)
    (state / "cards.sealed").unlink()
    sealed = open_state(state)
    assert (sealed.cards, sealed.locked) == (meanwhile.cards, "")
    assert names(state) == ["cards.sealed", "pseudonyms.key"]
    assert open_state(state) == sealed


def test_a_tpm_that_does_not_seal_leaves_the_key_in_its_file(tmp_path, board):
    board.unlink()
    state = tmp_path / "state"
    first = open_state(state)
    assert first.locked == "", "nothing is locked away"
    assert names(state) == ["cards.key", "pseudonyms.key"]
    assert open_state(state) == first


def test_a_key_that_the_unit_hands_in_is_the_key(state, tmp_path, monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert KEY not in open_state(state).cards, "it hands in another secret"
    (tmp_path / "cards.key").write_bytes(KEY)
    (tmp_path / "cards.key").chmod(0o440)
    handed_in, minted = open_state(state).cards
    assert (handed_in, minted) == (KEY, (state / "cards.key").read_bytes()), (
        "what it encrypted before is read"
    )
    (tmp_path / "cards.key").write_bytes(KEY[:5])
    with pytest.raises(ConfigError, match="5 octets, 32 meant"):
        open_state(state)
