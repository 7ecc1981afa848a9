"""`shuwu-probe code`: a key nobody else may read, and codes that a kiosk takes."""

from __future__ import annotations

from click.testing import CliRunner

from drivers.card.code.dynamic import Judge, Life
from drivers.card.code.plug import Verified
from drivers.card.keyfile import read_keys
from drivers.probe.__main__ import main

NOW = 1_763_800_000


def run(*words):
    return CliRunner().invoke(main, ["code", *map(str, words)])


def test_a_minted_key_makes_codes_that_are_good_and_never_the_same(tmp_path):
    path = tmp_path / "codes.key"
    assert run("key", path).exit_code == 0
    codes = [run("make", "2110004711", "--key-file", path, "--at", NOW).output.strip() for _ in range(2)]
    assert codes[0] != codes[1]
    judge = Judge(Life(), NOW - 3600)
    assert [judge.judge(read_keys(path), each, NOW) for each in codes] == [Verified("2110004711")] * 2


def test_a_key_is_not_overwritten_and_one_that_others_read_makes_nothing(tmp_path):
    path = tmp_path / "codes.key"
    run("key", path)
    key = path.read_bytes()
    assert run("key", path).exit_code == 2
    assert path.read_bytes() == key
    path.chmod(0o644)
    told = run("make", "2110004711", "--key-file", path)
    assert (told.exit_code, "0600 meant" in told.output) == (2, True)
