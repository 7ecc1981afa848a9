"""Messages that other people's systems sent: each is read, its checksum judged, and written again."""

from __future__ import annotations

import pytest

from tests.wire.sip2.local import NOON, local
from tests.wire.sip2.vectors import VECTORS, Vector
from wire.sip2 import messages as m
from wire.sip2.codec import decode, encode
from wire.sip2.codes import CirculationStatus, PatronFlag, RegisterOperation, Summary
from wire.sip2.dialect import load

IN_OUR_ORDER = [
    "V01",
    "V02",
    "V03",
    "V04",
    "V05",
    "V06",
    "V07",
    "V08",
    "V14",
    "V16",
    "V18",
    "V19",
    "V20",
    "V28",
    "V70",
    "V76",
]


def read(name: str) -> m.Message:
    vector = VECTORS[name]
    return decode(vector.octets, load(vector.dialect)).message


def test_the_file_is_read_whole():
    assert len(VECTORS) == 40


@pytest.mark.parametrize("vector", VECTORS.values(), ids=str)
def test_reads_with_the_right_verdict(vector: Vector):
    frame = decode(vector.octets, load(vector.dialect))

    assert frame.message.layout.id == vector.octets[:2].decode()
    assert frame.checksum == vector.verdict


@pytest.mark.parametrize("vector", VECTORS.values(), ids=str)
def test_says_the_same_when_written_again(vector: Vector):
    dialect = load(vector.dialect)
    frame = decode(vector.octets, dialect)

    again = decode(encode(frame.message, dialect, frame.sequence), dialect)

    assert again.message == frame.message
    assert again.sequence == frame.sequence
    assert again.checksum == ("absent" if vector.verdict == "absent" else "good")


@pytest.mark.parametrize("name", IN_OUR_ORDER)
def test_writes_the_very_octets(name: str):
    vector = VECTORS[name]
    dialect = load(vector.dialect)
    frame = decode(vector.octets, dialect)

    assert encode(frame.message, dialect, frame.sequence) == vector.octets


def test_patron_information():
    answer = read("V26")

    assert isinstance(answer, m.PatronInformationResponse)
    assert answer.patron_status == {PatronFlag.RECALL_DENIED}
    assert answer.transaction_date == local(2026, 11, 21, 22, 41, 21)
    assert (answer.charged_items_count, answer.fine_items_count) == (2, 1)
    assert answer.charged_items == ("1565921879", "1565921879")
    assert answer.valid_patron is answer.valid_patron_password is True
    assert answer.extra[:2] == (("AQ", "Beacock"), ("PA", "20501231"))


def test_summary():
    assert read("V25") == m.PatronInformation(
        language="001",
        transaction_date=NOON,
        summary=frozenset({Summary.CHARGED}),
        institution_id="UWOLS",
        patron_identifier="djfiander",
        patron_password="6789",
    )


def test_text_is_not_normalised():
    """V47 is decomposed (NFD): its checksum holds over its own octets only."""
    item = read("V47")

    assert isinstance(item, m.ItemInformationResponse)
    assert item.circulation_status == CirculationStatus.CHARGED
    assert item.title_identifier.startswith("Meurtre a\u0300 Canton")
    assert item.call_number == "PB LP GUL"


def test_a_short_date_does_not_shift_the_fields_behind_it():
    """V56 has one blank where four belong."""
    answer = read("V56")

    assert isinstance(answer, m.PatronInformationResponse)
    assert answer.transaction_date == local(1998, 7, 23, 10, 40, 9)
    assert (answer.hold_items_count, answer.charged_items_count, answer.recall_items_count) == (1, 2, 2)
    assert answer.institution_id == "InstitutionID for PatronID"
    assert len(answer.screen_message) == len(answer.print_line) == 3


def test_zone_of_zeros_is_local_time():
    answer = read("V60")

    assert isinstance(answer, m.PatronInformationResponse)
    assert answer.transaction_date == local(2016, 10, 21, 14, 26, 37)
    assert answer.institution_id == "nypl "


def test_limit_of_two_digits():
    answer = read("V79")

    assert isinstance(answer, m.PatronInformationResponse)
    assert (answer.remaining_loans, answer.charged_items_limit) == (9, 10)
    assert answer.personal_name == "湾仔枪神"


def test_dates_of_17_characters_and_an_account_in_a_checkout():
    checkout = read("V83")

    assert isinstance(checkout, m.Checkout)
    assert checkout.transaction_date == checkout.nb_due_date == local(1996, 2, 12, 10, 5, 14)
    assert checkout.extra == (("CN", "BZJ_005"),)


def test_a_renewal_without_its_fixed_fields():
    renewal = read("V84")

    assert renewal == m.Renew(
        transaction_date=None, patron_identifier="R001", item_identifier="B001", extra=(("CN", "BZJ_005"),)
    )


def test_a_reader_is_registered():
    request, answer = read("V87"), read("V89")

    assert isinstance(request, m.Register)
    assert (request.personal_name, request.id_card_xo, request.deposit) == (
        "张三",
        "11010119900101XXXX",
        "100",
    )
    assert request.operation == RegisterOperation.WITH_DEPOSIT
    assert isinstance(answer, m.RegisterResponse)
    assert (answer.done, answer.screen_message) == ("1", ("办理新证成功！",))
