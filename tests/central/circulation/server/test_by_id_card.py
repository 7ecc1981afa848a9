"""An ID card in the place of a reader's card (AA), octet for octet, on both databases."""

from sqlalchemy import select

from central.circulation.ledger.models import Loan, Reader
from central.circulation.server.models import SipAnswer
from central.db import open_sessions
from tests.central.circulation.line import NOW
from tests.central.circulation.server.test_reader_answers import BLANK, ID_CARD, register, say


def loans(engine):
    with open_sessions(engine, readonly=True)() as session:
        return session.scalars(select(Loan.reader_card)).all()


def stored(engine):
    """Every text of the tables in which a number might be left."""
    with open_sessions(engine, readonly=True)() as session:
        answers = session.execute(select(SipAnswer.subject, SipAnswer.answer)).all()
        readers = session.execute(select(*Reader.__table__.columns)).all()
        return repr(answers) + repr(readers)


def test_who_registers_with_an_id_card_alone_borrows_with_it(library):
    made, told, lent, back = say(
        library,
        register(ID_CARD, "AD802931|"),
        f"63019{NOW}{' ' * 10}AOxian|AA{ID_CARD}|AD802931|",
        f"11NN{NOW}{BLANK}AOxian|AA{ID_CARD}|ABB1|AC|AD802931|",
        f"85{NOW}AOxian|AA{ID_CARD}|",
    )
    card = made.split("|AA")[1].split("|")[0]

    assert (made[:2], card[:1], len(card)) == ("82", "9", 12)
    assert f"|AA{ID_CARD}|AE新读者|" in told
    assert "|BLY|CQY|" in told
    assert lent.startswith("121NNY")
    assert f"|AA{ID_CARD}|ABB1|" in lent
    assert loans(library) == [card]
    assert f"|AA{card}|OK1|" in back
    assert ID_CARD[:17] not in stored(library)


def test_a_wrong_pin_is_wrong_by_the_id_card_too(library):
    _, told = say(
        library,
        register(ID_CARD, "AD802931|"),
        f"63019{NOW}{' ' * 10}AOxian|AA{ID_CARD}|AD111119|",
    )

    assert "|BLY|CQN|" in told
    assert "新读者" not in told


def test_an_id_card_that_nobody_registered_is_no_card(library):
    (told,) = say(library, f"63019{NOW}{' ' * 10}AOxian|AA{ID_CARD}|")

    assert f"|AA{ID_CARD}|" in told
    assert "|BLN|" in told


def test_another_pin_by_the_id_card(library):
    answers = say(
        library,
        register(ID_CARD, "AD802931|"),
        register(ID_CARD, "AD802931|KD275839|", operation="14", name=""),
        f"63019{NOW}{' ' * 10}AOxian|AA{ID_CARD}|AD275839|",
    )

    assert [answer[:2] for answer in answers] == ["82", "82", "64"]
    assert "|CQY|" in answers[2]
