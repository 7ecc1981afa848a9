"""Several processes as one."""

import os
import signal
import threading

import pytest

from central import together

WAITS = ["sleep", "600"]
DEAF = ["sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"]


def test_when_one_ends_all_end_with_its_code():
    assert together.run([WAITS, ["sh", "-c", "exit 3"], WAITS]) == 3


def test_one_that_ends_well_ends_all_as_a_failure():
    assert together.run([WAITS, ["true"]]) == 1


def test_one_that_cannot_start_leaves_none_behind():
    with pytest.raises(FileNotFoundError):
        together.run([WAITS, ["no-such-program-here"]])


def test_who_does_not_listen_is_killed(monkeypatch):
    monkeypatch.setattr(together, "END_S", 0.3)
    assert together.run([DEAF, ["sh", "-c", "exit 3"]]) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all(number):
    timer = threading.Timer(0.5, os.kill, (os.getpid(), number))
    timer.start()
    before = signal.getsignal(number)
    code = together.run([WAITS, ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]])
    timer.join()
    assert code == 0
    assert signal.getsignal(number) == before


def test_one_that_fails_at_the_end_is_a_failure():
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    code = together.run([WAITS, ["sh", "-c", "trap 'exit 4' TERM; while :; do sleep 0.05; done"]])
    timer.join()
    assert code == 4
