"""Each dialect as literal octets: what we write to such a system, and what we understand of its writing.

The octets are those of public client code and of the specification; checksums were added up by hand.
"""

from __future__ import annotations

import pytest

from tests.wire.sip2.local import NOON
from wire.sip2 import messages as m
from wire.sip2.codec import decode, encode
from wire.sip2.codes import PatronFlag, RegisterOperation
from wire.sip2.declare import Message
from wire.sip2.dialect import load, merge, names

LOGIN = m.Login(login_user_id="kiosk", login_password="secret")
ITEM = m.ItemInformation(transaction_date=NOON, item_identifier="B1")
RENEW = m.Renew(transaction_date=NOON, patron_identifier="R001", item_identifier="B001")
LENT = m.CheckoutResponse(
    ok=True, desensitize=True, transaction_date=NOON, patron_identifier="R1", item_identifier="B1", fault=207
)

WRITTEN: tuple[tuple[str, Message, int | None, bytes], ...] = (
    # ---- the specification, and systems that keep to it
    ("generic", LOGIN, 0, b"9300CNkiosk|COsecret|AY0AZF70D\r"),
    ("generic", ITEM, 2, b"1720260101    120000AO|ABB1|AY2AZF884\r"),
    ("generic", LENT, None, b"121NUY20260101    120000AO|AAR1|ABB1|AJ|AH|\r"),
    ("koha", ITEM, 2, b"1720260101    120000AO|ABB1|AY2AZF884\r"),
    ("evergreen", ITEM, 2, b"1720260101    120000AO|ABB1|AY2AZF884\r"),
    ("polaris", ITEM, 2, b"1720260101    120000AO|ABB1|AY2AZF884\r"),
    # ---- UTC, and our own faults
    ("shuwu", LENT, None, b"121NUY20260101    120000AO|AAR1|ABB1|AJ|AH|YF207|\r"),
    # ---- 0000 for local time
    ("sierra", ITEM, 2, b"17202601010000120000AO|ABB1|AY2AZF844\r"),
    # ---- cp850
    ("folio", m.ItemInformation(transaction_date=NOON, item_identifier="é"), None, b"1720260101    120000AO|AB\x82|\r"),
    # ---- GBK, the account once more, no fixed fields in 29, a delimiter at the end
    ("interlib", LOGIN, 0, b"9300CNkiosk|COsecret|AY0AZF70D|\r"),
    ("interlib", RENEW, 4, b"29AO|AAR001|ABB001|AY4AZF96D|\r"),
    ("interlib", m.ItemInformation(transaction_date=NOON, item_identifier="三体"), 1,
     b"1720260101    120000AO|AB\xc8\xfd\xcc\xe5|AY1AZF582|\r"),
    ("interlib", m.FeePaid(transaction_date=NOON, fee_amount="1.50", patron_identifier="R1"), None,
     b"3720260101    1200000100RMBBV1.50|AO|AAR1|\r"),
    # ---- UTF-16 units before AY, and a delimiter there
    ("dp2", m.LoginResponse(ok=True), 4, b"941|AY4AZFF62\r"),
    ("dp2", m.ScStatus(), 1, b"9900802.00|AY1AZFE06\r"),
    # ---- GBK, otherwise as specified
    ("jinpan", m.ItemInformation(transaction_date=NOON, item_identifier="三体"), 1,
     b"1720260101    120000AO|AB\xc8\xfd\xcc\xe5|AY1AZF582\r"),
    ("jinpan", m.ChangePin(transaction_date=NOON, patron_identifier="R1", patron_password="1", new_password="2"), None,
     b"2120260101    120000AO|AAR1|AD1|AN2|\r"),
    # ---- CR LF, blank algorithm digits
    ("wenhua", LOGIN, 0, b"93  CNkiosk|COsecret|AY0AZF72D\r\n"),
)  # fmt: skip

READ: tuple[tuple[str, bytes, dict[str, object]], ...] = (
    # ---- a fault of ours is nobody else's
    ("shuwu", b"120NNN20260101    120000AO|AAR1|ABB1|AJ|AH|YF207|\r", {"ok": False, "fault": 207}),
    ("generic", b"120NNN20260101    120000AO|AAR1|ABB1|AJ|AH|YF207|\r", {"ok": False, "fault": None, "extra": ()}),
    # ---- V26: reader type and expiry in PC and PA
    ("evergreen", b"64  Y           00020261121    224121000000000002000100000000AOUWOLS|AAdjfiander|AEDavid|BLY|PA20501231|PCA|\r",
     {"patron_status": {PatronFlag.RECALL_DENIED}, "reader_type": "A", "expiry_date": "20501231"}),
    # ---- PA says something else
    ("koha", b"64              00020261121    224121000000000002000100000000AO|AAR1|AEDavid|BLY|PA20501231|PCA|\r",
     {"reader_type": "A", "expiry_date": "", "extra": (("PA", "20501231"),)}),
    # ---- V60
    ("sierra", b"64              000201610210000142637000000000000000000000000AOnypl |AA12345|AELE CARR\xc3\x89, JOHN|BZ0030|CA0050|CB0050|BLY|CQY|BV0|\r",
     {"institution_id": "nypl ", "personal_name": "LE CARRÉ, JOHN", "hold_items_limit": 30, "fee_amount": "0"}),
    ("folio", b"1803020120260101    120000ABB1|AJCaf\x82|\r", {"title_identifier": "Café"}),
    ("polaris", b"1803020120260101    120000ABB1|AJT|\r", {"title_identifier": "T"}),
    # ---- loans in AS, the deposit in BV, the remaining loans in BZ
    ("interlib", b"64              00020260101    120000000000000002000000000000AO|AAR1|AE\xd5\xc5\xc8\xfd|BV100|BZ0008|ASB1|ASB2|XT01|XD20301231|\r",
     {"charged_items": ("B1", "B2"), "hold_items": (), "fee_amount": "", "deposit": "100",
      "remaining_loans": 8, "hold_items_limit": None, "reader_type": "01", "personal_name": "张三"}),
    # ---- the flag says no, the words yes; and the other way round
    ("interlib", b"120NNN20260101    120000AO|AAR1|ABB1|AJ|AH|AF\xbd\xe8\xca\xe9\xb3\xc9\xb9\xa6\xa3\xa1|\r", {"ok": True}),
    ("interlib", b"121NNN20260101    120000AO|AAR1|ABB1|AJ|AH|AF\xbd\xe8\xca\xe9\xb2\xbb\xb3\xc9\xb9\xa6|\r", {"ok": False}),
    ("interlib", b"38N20260101    120000AO|AAR1|AF\xbd\xc9\xb7\xd1\xb3\xc9\xb9\xa6|\r", {"payment_accepted": True}),
    # ---- V84
    ("interlib", b"29AO|AAR001|AD|ABB001|AC|CNBZJ_005|AY3AZEDB7|\r",
     {"item_identifier": "B001", "transaction_date": None, "extra": (("CN", "BZJ_005"),)}),
    # ---- V89, ended by CR LF
    ("interlib", b"8220260101    120000AO|AAR002|XD|OK1|XK01|AF\xb0\xec\xc0\xed\xd0\xc2\xd6\xa4\xb3\xc9\xb9\xa6\xa3\xa1|\r\n",
     {"done": "1", "operation": RegisterOperation.WITH_DEPOSIT, "screen_message": ("办理新证成功！",)}),
    ("interlib", b"1803000120260101    120000ABB1|AJT|KCI247/1|KPA1|KQB2|\r",
     {"call_number": "I247/1", "current_location": "A1", "permanent_location": "B2"}),
    # ---- V79
    ("dp2", "64              01920220223    182413000000000001000000000000AO|AAP001|AE湾仔枪神|BZ0009|CB10|BLY|CQN|AUB001|\r".encode(),
     {"remaining_loans": 9, "hold_items_limit": None, "charged_items_limit": 10, "charged_items": ("B001",)}),
    # ---- AQ is the call number
    ("jinpan", b"1803000120260101    120000ABB1|AJT|AQI247/1|\r", {"call_number": "I247/1", "permanent_location": ""}),
    ("jinpan", b"22Y20260101    120000AO|AAR1|AF\xd0\xde\xb8\xc4\xb3\xc9\xb9\xa6|\r", {"ok": True, "screen_message": ("修改成功",)}),
    ("jinpan", b"28N20260101    120000AO|AAB1|UFAQ|\r", {"ok": False, "patron_identifier": "B1", "update_field": "AQ"}),
    ("wenhua", b"93  CNkiosk|COsecret|AY0AZ0000\r\n", {"uid_algorithm": 0, "login_user_id": "kiosk"}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "message", "sequence", "octets"), WRITTEN)
def test_writes(name: str, message: Message, sequence: int | None, octets: bytes):
    assert encode(message, load(name), sequence) == octets


@pytest.mark.parametrize(("name", "octets", "said"), READ)
def test_reads(name: str, octets: bytes, said: dict[str, object]):
    message = decode(octets, load(name)).message

    assert {key: getattr(message, key) for key in said} == said


@pytest.mark.parametrize("name", names())
def test_every_dialect_has_octets_of_its_own_both_ways(name: str):
    assert name in {row[0] for row in WRITTEN}
    assert name in {row[0] for row in READ}


# ---------------------------------------------------------------- keys that no shipped dialect needs
GERMAN = merge(load("generic"), 'due_dates = ["%d/%m/%y"]\ndue_date_form = "%d.%m.%Y"')
CARET = merge(load("generic"), 'delimiter = "^"')
SECRETIVE = merge(load("generic"), 'hide = { 64 = ["AE", "BD"], 12 = ["AJ"] }')
LISTS = merge(load("generic"), 'list_separator = ","')
OLD_DP2 = merge(load("dp2"), '[values.18.circulation_status]\n"02" = "03"\n"03" = "04"\n"04" = "12"')
SHORT = merge(load("generic"), 'zone = " "')


def test_another_delimiter():
    octets = b"1720260101    120000AO^ABB1|x^AY2AZF7B0\r"
    answer = decode(octets, CARET)

    assert answer.message == m.ItemInformation(transaction_date=NOON, item_identifier="B1|x")
    assert encode(m.ItemInformation(transaction_date=NOON, item_identifier="B1^x"), CARET) == (
        b"1720260101    120000AO^ABB1 x^\r"
    )


def test_one_blank_for_the_zone():
    assert encode(ITEM, SHORT) == b"1720260101 120000AO|ABB1|\r"


@pytest.mark.parametrize(
    ("theirs", "meant", "written"),
    [
        (b"05/12/26", "2026-12-05", b"05.12.2026"),
        (b"20261205    224121", "20261205    224121", b"05.12.2026"),
        (b"tomorrow", "tomorrow", b"tomorrow"),
        (b"", "", b""),
    ],
)
def test_due_dates_in_forms_of_their_own(theirs: bytes, meant: str, written: bytes):
    frame = b"121NUY20260101    120000AO|AAR1|ABB1|AJ|AH%s|\r"
    answer = decode(frame % theirs, GERMAN).message

    assert isinstance(answer, m.CheckoutResponse)
    assert answer.due_date == meant
    assert encode(answer, GERMAN) == frame % written


def test_what_is_hidden_is_left_out_or_left_empty():
    reader = m.PatronInformationResponse(
        patron_status=frozenset(), transaction_date=NOON, patron_identifier="R1", personal_name="N", home_address="H"
    )  # fmt: skip

    frame = encode(reader, SECRETIVE)

    assert frame == b"64              00020260101    120000" + b" " * 24 + b"AO|AAR1|AE|\r"


def test_items_listed_in_one_field():
    frame = (
        b"64              00020260101    120000000000000002000000000000AO|AAR1|AEN|AUB1, B2,|AVa, b|AFc, d|\r"
    )
    answer = decode(frame, LISTS).message

    assert isinstance(answer, m.PatronInformationResponse)
    assert answer.charged_items == ("B1", "B2")
    assert (answer.fine_items, answer.screen_message) == (("a, b",), ("c, d",))
    assert b"AUB1|AUB2|" in encode(answer, LISTS)


@pytest.mark.parametrize(("theirs", "meant"), [(b"02", "03"), (b"03", "04"), (b"04", "12"), (b"00", "00")])
def test_values_of_their_own(theirs: bytes, meant: str):
    answer = decode(b"18%s000120260101    120000ABB1|AJT|\r" % theirs, OLD_DP2).message

    assert isinstance(answer, m.ItemInformationResponse)
    assert answer.circulation_status == meant
    assert encode(answer, OLD_DP2, 4).startswith(b"18%s" % theirs)


LEND = m.Checkout(transaction_date=NOON, patron_identifier="R1", item_identifier="B1")
DATED = merge(load("generic"), "nb_due_date_always = true")


@pytest.mark.parametrize(
    ("told", "octets"),
    [
        (LEND, b"11NN20260101    12000020260101    120000AO|AAR1|ABB1|AC|\r"),
        (LEND.but(nb_due_date=NOON.replace(day=9)), b"11NN20260101    12000020260109    120000AO|AAR1|ABB1|AC|\r"),
        (RENEW, b"29NN20260101    12000020260101    120000AO|AAR001|ABB001|\r"),
        (ITEM, b"1720260101    120000AO|ABB1|\r"),
    ],
)  # fmt: skip
def test_a_no_block_due_date_that_is_a_date_always(told: Message, octets: bytes):
    assert encode(told, DATED) == octets
