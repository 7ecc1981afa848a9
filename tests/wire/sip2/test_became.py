"""The tables that say what became of a lost answer are whole."""

from itertools import product

from wire.sip2.became import CHARGED, LOAN, RETURN, Became
from wire.sip2.codes import CirculationStatus


def test_each_answer_of_an_ils_says_what_became_of_a_question():
    says = (True, False, None)
    assert LOAN.keys() == set(product(says, says))
    assert RETURN.keys() == set(says)
    assert LOAN[True, True] is RETURN[False] is Became.DONE


def test_each_status_of_an_item_is_judged_or_says_nothing():
    silent = {CirculationStatus.OTHER, CirculationStatus.LOST}
    assert CHARGED.keys() | silent == set(CirculationStatus)
