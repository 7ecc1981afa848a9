"""81, 85, 91: what Chinese systems added, octet for octet; over a line where PINs are hashed and checked."""

from datetime import date

from argon2 import PasswordHasher
from sqlalchemy import select, update

from central.circulation.ledger.id_card import check
from central.circulation.ledger.models import Reader, ReaderType, Terms
from central.db import open_sessions
from tests.central.circulation.line import NOW, dial, sealed, talk

BLANK = " " * 18
ID_CARD = "11010519491231002X"
"""The example of GB 11643-1999."""
KEY = b"k" * 32


def say(engine, *texts):
    async def conversation(server):
        async with dial(server) as line:
            await line.sign_in()
            return [(await line.ask(sealed(text, n % 10))).decode()[:-10] for n, text in enumerate(texts, 1)]

    return talk(engine, conversation, id_key=KEY)


def register(card, more="", operation="11", name="新读者"):
    return f"81YN{NOW}{BLANK}AOxian|AA{card}|AE{name}|XTadult|XK{operation}|{more}"


def test_21_changes_a_pin_as_81_does(library):
    changing = f"21{NOW}AOxian|AAR1|AC|"
    wrong, weak, right, stale = say(
        library,
        changing + "AD111222|AN802931|",
        changing + "AD135790|AN123456|",
        changing + "AD135790|AN802931|",
        changing + "AD135790|AN802932|",
    )

    assert [answer[-6:] for answer in (wrong, weak, stale)] == ["YF107|", "YF125|", "YF107|"]
    assert [answer[:3] for answer in (wrong, weak, right, stale)] == ["22N", "22N", "22Y", "22N"]
    assert PasswordHasher().verify(reader(library, "R1").pin_hash, "802931")


def reader(engine, card):
    with open_sessions(engine, readonly=True).begin() as session:
        return session.scalars(select(Reader).where(Reader.card == card)).one()


def test_82_registers_a_reader_with_a_pin_of_their_own(library):
    (answer,) = say(library, register("N1", f"XO{ID_CARD}|AD802931|MP13800000000|XM0|"))

    assert answer == f"82{NOW}AOxian|AAN1|XD20310301|OK1|XK11|"
    made = reader(library, "N1")
    assert (made.name, made.branch_id, made.id_last4, made.phone) == ("新读者", "xian", "002X", "13800000000")
    assert PasswordHasher().verify(made.pin_hash, "802931")


def test_82_keeps_the_accepted_terms_and_takes_a_child_with_a_guardian_alone(library):
    with open_sessions(library).begin() as session:
        session.add(Terms(version="2026-1", from_on=date(2020, 1, 1), text_zh="须知", text_en="Terms"))
        session.execute(update(ReaderType).where(ReaderType.id == "child").values(guardian_below=14))
    young = ID_CARD.replace("19491231002X", "201801010029")
    young = young[:17] + check(young)
    child = f"81YN{NOW}{BLANK}AOxian|AA{young}|AE小宝|XTchild|XK11|XO{young}|"
    stale, alone, accepted = say(
        library, child + "YGR1|YT2025-1|", child + "YT2026-1|", child + "YGR1|YT2026-1|"
    )

    assert [answer[-6:] for answer in (stale, alone)] == ["YF129|", "YF126|"]
    assert "|OK1|" in accepted
    card = accepted.split("|AA")[1].split("|")[0]
    made = reader(library, card)
    assert young not in accepted
    assert (made.guardian_card, made.terms_version, made.terms_ms) == ("R1", "2026-1", made.registered_ms)


def test_82_refuses_by_number_and_registers_nobody(library):
    taken, wrong, weak, unnamed, strange = say(
        library,
        register("R1"),
        register("N2", "XO110105194912310020|"),
        register("N3", "AD123456|"),
        register("N4", name=""),
        register("N5", operation="77"),
    )

    assert [answer[-6:] for answer in (taken, wrong, weak, unnamed, strange)] == [
        "YF120|",
        "YF122|",
        "YF125|",
        "YF123|",
        "YF123|",
    ]
    assert all("|OK0|" in answer for answer in (taken, wrong, weak, unnamed, strange))
    with open_sessions(library, readonly=True).begin() as session:
        assert session.scalars(select(Reader.card).where(Reader.card.like("N%"))).all() == []


def test_82_changes_a_pin_by_the_old_one_alone(embedded):
    changing = f"81YN{NOW}{BLANK}AOxian|AAR1|AE|XK14|"
    wrong, none, right, gone = say(
        embedded,
        changing + "AD111222|KD802931|",
        changing + "KD802931|",
        changing + "AD135790|KD802931|",
        changing + "AD135790|KD802932|",
    )

    assert [answer[-6:] for answer in (wrong, none, gone)] == ["YF107|"] * 3
    assert "|OK1|XK14|" in right
    assert PasswordHasher().verify(reader(embedded, "R1").pin_hash, "802931")


def test_82_changes_what_is_said_and_leaves_the_rest(embedded):
    (answer,) = say(embedded, f"81YN{NOW}{BLANK}AOxian|AAR1|AE|XK02|MP13900000000|")

    assert "|OK1|XK02|" in answer
    assert (reader(embedded, "R1").name, reader(embedded, "R1").phone) == ("林书远", "13900000000")


def test_86_finds_by_card_and_by_id_card_and_tells_no_more_than_a_slip_needs(embedded):
    _, by_card, by_id, nobody = say(
        embedded,
        register("N1", f"XO{ID_CARD}|MP13800000000|BD柳河镇1号|"),
        f"85{NOW}AOxian|AAN1|",
        f"85{NOW}AOxian|AA|XO{ID_CARD}|XK13|",
        f"85{NOW}AOxian|AANOBODY|",
    )

    assert by_card == by_id == f"86{NOW}AOxian|AAN1|OK1|AE新读者|XTadult|XD20310301|"
    assert nobody.startswith(f"86{NOW}AOxian|AANOBODY|OK0|AF")


def test_92_says_whether_a_card_or_an_id_card_is_registered(embedded):
    _, card, free, bearer, other = say(
        embedded,
        register("N1", f"XO{ID_CARD}|"),
        f"91{NOW}AOxian|AAN1|XK0|",
        f"91{NOW}AOxian|AAN2|XK0|",
        f"91{NOW}AOxian|AA|XO{ID_CARD}|XK1|",
        f"91{NOW}AOxian|AA|XO440524188001010014|XK1|",
    )

    assert [answer[-4:] for answer in (card, bearer)] == ["AC1|", "AC1|"]
    assert "|AC0|" in free
    assert "|AC0|" in other


def test_no_number_of_an_id_card_is_told_or_kept(embedded):
    answers = say(embedded, register("N1", f"XO{ID_CARD}|"), f"85{NOW}AOxian|AAN1|")

    assert ID_CARD not in "".join(answers)
    with embedded.connect() as connection:
        dump = "\n".join(connection.connection.dbapi_connection.iterdump())
    assert ID_CARD not in dump
