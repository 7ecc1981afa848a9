"""Frames as literal octets: what is written, and what is understood of other people's writing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.wire.sip2.local import NOON
from wire.sip2.codec import checksum, decode, encode
from wire.sip2.declare import Message
from wire.sip2.dialect import Checksum, Dialect, load
from wire.sip2.errors import EVIDENCE_OCTETS, UnknownMessage, Unparsable
from wire.sip2.framing import MAX_FRAME_OCTETS
from wire.sip2.messages import (
    Checkin,
    CheckinResponse,
    Checkout,
    CheckoutResponse,
    FeePaidResponse,
    ItemInformation,
    ItemInformationResponse,
    Login,
    LoginResponse,
    PatronInformation,
    PatronInformationResponse,
    PatronStatusResponse,
    RenewAll,
    RequestAcsResend,
    RequestScResend,
    ScStatus,
)

GENERIC = load("generic")
GBK = Dialect(title="GBK", charset="gbk")


def checkout(**more: object) -> Checkout:
    values = {"transaction_date": NOON, "patron_identifier": "R1", "item_identifier": "B1"} | more
    return Checkout(**values)  # type: ignore[arg-type]


def lent(**more: object) -> CheckoutResponse:
    values = {"ok": True, "desensitize": True, "transaction_date": NOON}
    return CheckoutResponse(**values, patron_identifier="R1", item_identifier="B1", **more)  # type: ignore[arg-type]


def read(octets: bytes, dialect: Dialect = GENERIC) -> Message:
    return decode(octets, dialect).message


# ---------------------------------------------------------------- writing
@pytest.mark.parametrize(
    ("message", "sequence", "octets"),
    [
        (RequestAcsResend(), None, b"97AZFEF5\r"),
        (RequestScResend(), None, b"96AZFEF6\r"),
        (RequestScResend(), 3, b"96AZFEF6\r"),  # never a sequence number (p. 4)
        (ScStatus(), 1, b"9900802.00AY1AZFCA0\r"),
        (ScStatus(), None, b"9900802.00\r"),
        (LoginResponse(ok=True), 0, b"941AY0AZFDFD\r"),
        (checkout(), None, b"11NN20260101    120000                  AO|AAR1|ABB1|AC|\r"),
        (checkout(no_block=True, nb_due_date=NOON), None, b"11NY20260101    12000020260101    120000AO|AAR1|ABB1|AC|\r"),
        (checkout(cancel=True, extra=(("XK", "01"),)), None, b"11NN20260101    120000                  AO|AAR1|ABB1|AC|BIY|XK01|\r"),
        (lent(screen_message=("a", "b")), None, b"121NUY20260101    120000AO|AAR1|ABB1|AJ|AH|AFa|AFb|\r"),
    ],
)  # fmt: skip
def test_writes(message: Message, sequence: int | None, octets: bytes):
    assert encode(message, GENERIC, sequence) == octets


def test_utc_is_written_as_z():
    frame = encode(ItemInformation(transaction_date=NOON.replace(tzinfo=UTC), item_identifier="B1"), GENERIC)

    assert frame == b"1720260101   Z120000AO|ABB1|\r"
    assert read(frame).transaction_date == NOON.replace(tzinfo=UTC)


@pytest.mark.parametrize("harm", ["\r", "\n", "\0", "|", "\r\n", "|AFforged|"])
def test_values_cannot_break_the_frame(harm: str):
    frame = encode(lent(screen_message=(f"one{harm}two",)), GENERIC, 1)

    answer = read(frame)
    assert frame.count(b"\r") == 1
    assert answer == lent(
        screen_message=("one" + harm.translate(dict.fromkeys(map(ord, "\r\n\0|"), " ")) + "two",)
    )


def test_line_ends_around_a_value_are_no_part_of_it():
    """A scanner's CR must not become part of the number."""
    assert b"|ABB1|" in encode(checkout(item_identifier="B1\r\n"), GENERIC)


def test_values_are_cut_at_255_characters():
    frame = encode(lent(title_identifier="书" * 300), GENERIC, 1)

    assert read(frame).title_identifier == "书" * 255


def test_longer_values_are_read_whole():
    assert read(b"1803020120260101    120000ABB1|AJ" + b"x" * 300 + b"|").title_identifier == "x" * 300


@pytest.mark.parametrize(
    ("charset", "written"), [("ascii", b"AJ??|"), ("gbk", b"AJ\xca\xe9?|"), ("cp850", b"AJ??|")]
)
def test_what_a_charset_cannot_hold_shows_as_a_question_mark(charset: str, written: bytes):
    dialect = Dialect(title="t", charset=charset)  # type: ignore[arg-type]

    assert written in encode(lent(title_identifier="书\U0001f4d6"), dialect, 1)


def test_what_gbk_has_not_is_read_where_a_system_of_gbk_says_it_in_gb18030():
    """Rare characters of names: in four octets, in two that GBK left free; and one whose second octet is the delimiter."""
    frame = b"1803000120260301    100000ABB1|AJ\xcc\xef\x95\x34\xb2\x35\xfe\x9f\x90\x7c|"
    assert decode(frame, GBK).message.title_identifier == "田𠮷䶮恷"  # type: ignore[attr-defined]


def test_half_a_surrogate_is_no_exception():
    assert b"AJ?|" in encode(lent(title_identifier="\ud800"), GENERIC, 1)


def test_counts_that_do_not_fit_are_the_largest_that_do():
    answer = PatronInformationResponse(
        patron_status=frozenset(), transaction_date=None, hold_items_count=123456, overdue_items_count=-1, patron_identifier="R1",
    )  # fmt: skip

    assert encode(answer, GENERIC)[37:45] == b"99990000"


# ---------------------------------------------------------------- checksum
def test_checksum_is_over_octets():
    assert checksum(b"9900802.00AY1AZ") == b"FCA0"
    framed = "941AF书|AY1AZ".encode()
    assert decode(framed + checksum(framed), GENERIC).checksum == "good"
    assert encode(LoginResponse(ok=True, screen_message=("书",)), GBK, 1).endswith(
        checksum("941AF书|AY1AZ".encode("gbk")) + b"\r"
    )


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 512, 1000])
def test_checksum_is_of_every_octet(count: int):
    octets = b"\xff" * count
    assert checksum(octets) == b"%04X" % (-sum(octets) & 0xFFFF)


@pytest.mark.parametrize(
    ("octets", "verdict", "sequence"),
    [
        (b"9900802.00AY1AZFCA0", "good", 1),
        (b"9900802.00AY1AZfca0", "good", 1),
        (b"9900802.00AY1AZFCA0|||", "good", 1),
        (b"9900802.00AY1AZ0000", "bad", 1),
        (b"9900802.00AY1", "absent", 1),
        (b"9900802.00", "absent", None),
        (b"97AZFEF5", "good", None),
        (b"97", "absent", None),
    ],
)
def test_trailers(octets: bytes, verdict: str, sequence: int | None):
    frame = decode(octets, GENERIC)

    assert (frame.checksum, frame.sequence) == (verdict, sequence)


def test_a_value_that_ends_like_a_trailer_is_a_value():
    assert read(b"1720260101    120000AO|ABB1AY1|").item_identifier == "B1AY1"
    assert read(b"1720260101    120000AO|ABB1AZ1234|").item_identifier == "B1AZ1234"
    assert decode(b"1720260101    120000AO|ABB1AZ1234", GENERIC).checksum == "bad"  # the delimiter was lost


def test_checksum_modes():
    bad = b"9900802.00AY1AZ0000"
    modes = {mode: Dialect(title="t", checksum=Checksum(verify=mode)) for mode in ("strict", "log", "off")}

    assert {mode: decode(bad, d).checksum for mode, d in modes.items()} == {
        "strict": "bad",
        "log": "bad",
        "off": "unverified",
    }
    assert encode(ScStatus(), Dialect(title="t", checksum=Checksum(emit="none")), 1) == b"9900802.00\r"
    assert encode(RequestAcsResend(), Dialect(title="t", checksum=Checksum(emit="none"))) == b"97\r"


def test_dp2_sums_characters_before_the_sequence_number():
    assert encode(LoginResponse(ok=True), load("dp2"), 4) == b"941|AY4AZFF62\r"


# ---------------------------------------------------------------- reading
@pytest.mark.parametrize("junk", [b"\n", b"\r\n", b"\xfb", b"\0\0", b" |"])
def test_junk_before_the_identifier_is_dropped(junk: bytes):
    frame = decode(junk + b"9900802.00AY1AZFCA0\r\n", GENERIC)

    assert frame.checksum == "good"
    assert frame.octets == b"9900802.00AY1AZFCA0"


def test_unknown_fields_are_kept_in_order():
    message = read(b"1720260101    120000AO|XXone|ABB1|ZZtwo|XXthree|")

    assert message.extra == (("XX", "one"), ("ZZ", "two"), ("XX", "three"))


def test_a_second_value_of_a_single_field_is_kept():
    message = read(b"1720260101    120000AO|ABB1|ABB2|")

    assert message.item_identifier == "B1"
    assert message.extra == (("AB", "B2"),)


def test_a_value_that_its_form_cannot_say_is_kept():
    message = read(b"64              00020260101    120000000000000000000000000000AO|AAR1|AE|BZmany|BLU|")

    assert isinstance(message, PatronInformationResponse)
    assert message.hold_items_limit is message.valid_patron is None
    assert message.extra == (("BZ", "many"), ("BL", "U"))


def test_a_delimiter_that_no_code_follows_belongs_to_the_value():
    message = read(b"64              00020260101    120000000000000000000000000000AO|AAR1|AE|BDa|b c|||BF1|")

    assert isinstance(message, PatronInformationResponse)
    assert message.home_address == "a|b c"
    assert message.home_phone_number == "1"


def test_required_fields_may_be_missing():
    assert read(b"1720260101    120000AO|") == ItemInformation(transaction_date=NOON, item_identifier="")


def test_blank_algorithms_are_zero():
    """R19"""
    assert read(b"93  CNme|COsecret|") == Login(login_user_id="me", login_password="secret")


def test_blank_no_block_due_date_is_none():
    """R17"""
    message = read(b"11NN20260101    120000                  AO|AAR1|ABB1|AC|")

    assert isinstance(message, Checkout)
    assert message.nb_due_date is None


def test_summary_beyond_the_sixth_character():
    """R14"""
    message = read(b"6300120260101    120000      YYYYAO|AAR1|AC|AD|")

    assert isinstance(message, PatronInformation)
    assert message.summary == {6, 7, 8, 9}


def test_gbk_octets_in_a_utf8_dialect_are_replaced():
    """R15"""
    message = read("6300120260101    120000          AO|AA张三|".encode("gbk"))

    assert isinstance(message, PatronInformation)
    assert "\ufffd" in message.patron_identifier


def test_the_delimiter_may_be_the_second_octet_of_a_gbk_character():
    assert "亅".encode("gbk") == b"\x81|"
    answer = lent(title_identifier="亅亅", call_number="I247")

    assert read(encode(answer, GBK, 1), GBK) == answer


def test_nul_is_no_part_of_a_value():
    assert read(b"1720260101    120000AO|ABB\x001|").item_identifier == "B1"


def test_another_delimiter():
    caret = Dialect(title="t", delimiter="^")

    assert (
        encode(checkout(terminal_password="a|b^c"), caret)
        == b"11NN20260101    120000                  AO^AAR1^ABB1^ACa|b c^\r"
    )
    assert read(b"1720260101    120000AO^ABB1^", caret).item_identifier == "B1"


@pytest.mark.parametrize("zone", ["    ", "0000", " CST", " cst", " +08", "+080", "8   "])
def test_any_other_zone_is_the_librarys_own(zone: str):
    read_as = read(f"1720260101{zone}120000AO|ABB1|".encode())

    assert read_as == ItemInformation(transaction_date=NOON, item_identifier="B1")


@pytest.mark.parametrize("zone", ["", "    ", " +08"])
def test_a_place_of_six_digits_behind_a_date_is_a_place(zone: str):
    date = f"20260101{zone}120000"
    read_as = read(f"09N{date}{date}AP310101|AO1|ABB1|AC|".encode())

    assert isinstance(read_as, Checkin)
    assert (read_as.transaction_date, read_as.return_date) == (NOON, NOON)
    assert (read_as.current_location, read_as.institution_id) == ("310101", "1")


@pytest.mark.parametrize("zone", ["   Z", "   z", "Z   "])
def test_z_is_utc(zone: str):
    message = read(f"1720260101{zone}120000AO|ABB1|".encode())

    assert isinstance(message, ItemInformation)
    assert message.transaction_date == NOON.replace(tzinfo=UTC)


def test_a_day_without_a_time():
    message = read(b"11NY20260101    12000020260131          AO|AAR1|ABB1|AC|")

    assert isinstance(message, Checkout)
    assert (message.transaction_date, message.nb_due_date) == (NOON, datetime(2026, 1, 31))  # noqa: DTZ001 - local


@pytest.mark.parametrize(("told", "language"), [("01", "001"), ("001", "001"), ("   ", "   ")])
def test_a_language_of_two_digits(told: str, language: str):
    message = read(f"63{told}20260101    120000Y         AO|AAR1|".encode())

    assert isinstance(message, PatronInformation)
    assert (message.language, message.transaction_date, message.summary) == (language, NOON, frozenset({0}))


def test_flags_in_small_letters_say_what_large_ones_do():
    reader = read(b"24y  nY         00120260101    120000AO|AAR1|AE|BLy|CQn|")
    assert isinstance(reader, PatronStatusResponse)
    assert (reader.patron_status, reader.valid_patron, reader.valid_patron_password) == ({0, 4}, True, False)

    lent = read(b"121nun20260101    120000AO|AAR1|ABB1|AJ|AH|CIy|")
    assert isinstance(lent, CheckoutResponse)
    assert (lent.renewal_ok, lent.magnetic_media, lent.desensitize) == (False, None, False)
    assert lent.security_inhibit is True

    asked = read(b"11yn20260101    120000                  AO|AAR1|ABB1|AC|BOy|BIn|")
    assert isinstance(asked, Checkout)
    assert (asked.sc_renewal_policy, asked.no_block) == (True, False)
    assert (asked.fee_acknowledged, asked.cancel) == (True, False)
    assert encode(asked, GENERIC) == b"11YN20260101    120000                  AO|AAR1|ABB1|AC|BOY|BIN|\r"


def test_a_small_letter_is_no_1():
    lent = read(b"12ynnn20260101    120000AO|AAR1|ABB1|AJ|AH|")
    assert isinstance(lent, CheckoutResponse)
    assert not lent.ok, "what decides a loan is 1 or 0"


@pytest.mark.parametrize("junk", [b"\x03", b"\t", b" \x00\x03|"])
def test_what_stands_behind_the_checksum_is_no_part_of_it(junk: bytes):
    frame = decode(b"9900802.00AY1AZFCA0" + junk, GENERIC)

    assert (frame.sequence, frame.checksum) == (1, "good")


def test_impossible_dates_are_none():
    assert read(b"1720261340    250000AO|ABB1|").transaction_date is None


# ---------------------------------------------------------------- dialects
def test_renamed_fields_both_ways():
    interlib = load("interlib")
    octets = b"64              00020260101    120000000000000002000000000000AO|AAR1|AE|BV100|ASB1|ASB2|"

    answer = read(octets, interlib)

    assert isinstance(answer, PatronInformationResponse)
    assert (answer.charged_items, answer.hold_items, answer.fee_amount) == (("B1", "B2"), (), "")
    assert (answer.deposit, answer.extra) == ("100", ())
    assert b"ASB1|ASB2|" in encode(answer, interlib)
    assert b"BV100|" in encode(answer, interlib)


def test_what_a_dialect_cannot_say_is_left_out():
    """AS means something else to Interlib: a hold must not arrive there as a loan."""
    answer = PatronInformationResponse(
        patron_status=frozenset(), transaction_date=None, patron_identifier="R1", hold_items=("B9",), fee_amount="5",
    )  # fmt: skip

    assert b"B9" not in encode(answer, load("interlib"))
    assert b"BV" not in encode(answer, load("interlib"))


@pytest.mark.parametrize(
    ("flag", "text", "ok"),
    [
        ("0", "借书成功", True),
        ("1", "借书不成功", False),
        ("1", "借书失败", False),
        ("1", "", True),
        ("0", "请稍候", False),
    ],
)
def test_words_outweigh_the_flag(flag: str, text: str, ok: bool):
    octets = f"12{flag}NNY20260101    120000AO|AAR1|ABB1|AJ|AH|AF{text}|".encode("gbk")

    answer = read(octets, load("interlib"))

    assert isinstance(answer, CheckoutResponse)
    assert answer.ok is ok


@pytest.mark.parametrize(
    ("ok", "said", "told"),
    [
        (True, (), "AF成功|"),
        (True, ("缺: B2",), "AF成功 缺: B2|"),
        (True, ("借书成功",), "AF借书成功|"),
        (False, ("已停借",), "AF已停借|"),
        (False, (), ""),
    ],
)
def test_who_looks_for_a_word_is_told_it(ok: bool, said: tuple[str, ...], told: str):
    answer = FeePaidResponse(
        payment_accepted=ok, transaction_date=None, patron_identifier="R1", screen_message=said
    )

    octets = encode(answer, load("interlib"))

    assert octets == f"38{'NY'[ok]}{' ' * 18}AO|AAR1|{told}\r".encode("gbk")
    assert b"AF" not in encode(answer.but(screen_message=()), load("jinpan"))


def test_a_login_is_not_told_in_words():
    assert encode(LoginResponse(ok=True), load("interlib")) == b"941\r"


def test_a_call_number_under_another_code():
    item = read("1803020120260101    120000ABB1|AJ书|KCI247.5|KP二楼|".encode("gbk"), load("interlib"))

    assert isinstance(item, ItemInformationResponse)
    assert (item.call_number, item.current_location) == ("I247.5", "二楼")


def test_what_follows_the_checksum():
    assert encode(ScStatus(), Dialect(title="t", after_checksum="|"), 1) == b"9900802.00AY1AZFCA0|\r"


def test_zone_and_terminator():
    sierra = Dialect(title="t", zone="0000", terminator="\r\n")

    assert (
        encode(ItemInformation(transaction_date=NOON, item_identifier="B1"), sierra)
        == b"17202601010000120000AO|ABB1|\r\n"
    )


def test_sorters_fields():
    octets = b"101YNY20100623    165731AOBR1|AB1565921879|AQBR1|AJPerl 5|CK001|CSQA76.73|CTBR3|CY373827|DAN. Woodard|CV02|CL2|"

    answer = read(octets)

    assert isinstance(answer, CheckinResponse)
    assert (answer.alert, answer.alert_type, answer.destination_location) == (True, "02", "BR3")
    assert (answer.call_number, answer.hold_patron_id, answer.sort_bin) == ("QA76.73", "373827", "2")


def test_our_own_fault_number():
    refused = PatronStatusResponse(
        patron_status=frozenset({0, 4}), transaction_date=NOON, patron_identifier="R1", valid_patron=True, fault=103,
    )  # fmt: skip

    frame = encode(refused, load("shuwu"))

    assert frame == b"24Y   Y         00020260101    120000AO|AAR1|AE|BLY|YF103|\r"
    assert read(frame, load("shuwu")) == refused


# ---------------------------------------------------------------- errors
@pytest.mark.parametrize("octets", [b"", b"\r", b"1", b"GET / HTTP/1.1", b"\xff\xfe\xfd", b"xx|AA1|", b"1x"])
def test_no_identifier(octets: bytes):
    with pytest.raises(Unparsable) as caught:
        decode(octets, GENERIC)

    assert caught.value.identifier == ""


def test_fixed_fields_that_do_not_fit():
    with pytest.raises(Unparsable) as caught:
        decode(b"11NNyesterday", GENERIC)

    assert (caught.value.identifier, caught.value.checksum, caught.value.frame) == (
        "11",
        "absent",
        b"11NNyesterday",
    )


def test_a_65_may_begin_with_its_first_code():
    message = decode(b"65AO830|AAR1|BON|AY6AZF665", GENERIC).message

    assert message == RenewAll(
        transaction_date=None, institution_id="830", patron_identifier="R1", fee_acknowledged=False
    )


@pytest.mark.parametrize("octets", [b"6520261l23    050715AO|AAR1|", b"17AO|ABB1|", b"65"])
def test_a_damaged_date_is_none_left_out(octets: bytes):
    with pytest.raises(Unparsable):
        decode(octets, GENERIC)


def test_unknown_identifier():
    with pytest.raises(UnknownMessage) as caught:
        decode(b"7720260101AY1AZ0000", GENERIC)

    assert (caught.value.identifier, caught.value.checksum) == ("77", "bad")


def test_a_frame_has_a_longest_length_and_so_has_the_evidence():
    with pytest.raises(Unparsable) as caught:
        decode(b"17" + b"0" * MAX_FRAME_OCTETS, GENERIC)

    assert len(caught.value.frame) == EVIDENCE_OCTETS
