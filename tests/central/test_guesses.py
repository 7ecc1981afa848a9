"""Who waits, how long, and who does not."""

import pytest

from central import guesses
from central.guesses import FORGET_S, FREE_NAME, FREE_PLACE, MOST_S, Guess, Guesses, network

DESK = Guess("account desk", "address 10.0.0.1")


class Clock:
    now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def kept(clock):
    return Guesses(clock)


def miss(kept, guess, times):
    return [kept.missed(guess) for _ in range(times)]


def test_the_first_misses_are_free_and_then_the_wait_doubles(kept, clock):
    assert miss(kept, DESK, FREE_NAME) == [0] * FREE_NAME
    assert kept.are_heard(DESK)
    assert miss(kept, DESK, 11) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    clock.now_s += MOST_S - 1
    assert not kept.are_heard(DESK)
    clock.now_s += 1
    assert kept.are_heard(DESK)


def test_a_wait_never_grows_beyond_the_longest(kept):
    assert miss(kept, DESK, 3000)[-1] == MOST_S


def test_one_name_is_slow_from_everywhere(kept):
    for place in range(FREE_NAME + 1):
        kept.missed(Guess("card R1", f"terminal {place}"))
    assert not kept.are_heard(Guess("card R1", "terminal new"))
    assert kept.are_heard(Guess("card R2", "terminal new"))


def test_every_name_is_slow_at_one_place(kept):
    for card in range(FREE_PLACE + 1):
        kept.missed(Guess(f"card {card}", "terminal 1"))
    assert not kept.are_heard(Guess("card new", "terminal 1"))
    assert kept.are_heard(Guess("card new", "terminal 2"))


def test_who_fitted_here_before_is_not_kept_out_by_others(kept):
    kept.fitted(DESK)
    miss(kept, Guess(DESK.name, "address 6.6.6.6"), 30)
    miss(kept, Guess("account other", DESK.place), 30)
    assert kept.are_heard(DESK)
    assert not kept.are_heard(Guess("account third", DESK.place))


def test_who_fitted_here_before_waits_for_misses_of_his_own(kept):
    kept.fitted(DESK)
    miss(kept, DESK, FREE_NAME + 1)
    assert not kept.are_heard(DESK)


def test_a_fit_begins_anew(kept):
    miss(kept, DESK, FREE_NAME)
    kept.fitted(DESK)
    miss(kept, DESK, FREE_NAME)
    assert kept.are_heard(DESK)


def test_a_quiet_quarter_of_an_hour_is_forgotten(kept, clock):
    miss(kept, DESK, FREE_NAME + 3)
    clock.now_s += FORGET_S
    assert kept.missed(DESK) == 0


def test_what_is_kept_is_bounded_and_the_quiet_leave_first(kept, monkeypatch):
    monkeypatch.setattr(guesses, "MAX_KEPT", 12)
    for card in range(FREE_PLACE + 100):
        kept.missed(Guess(f"card {card}", "terminal 1"))
        kept.fitted(Guess(f"card {card}", "terminal 2"))
    assert len(kept._counts) == len(kept._proven) == 12
    assert not kept.are_heard(Guess("card new", "terminal 1"))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
    ],
)
def test_a_network_of_ipv6_is_one_place(address, counted):
    assert network(address) == counted
