"""The catalogue: complete, numbered for ever, worded in both languages for the person who reads it."""

from __future__ import annotations

import re
from operator import attrgetter

import pytest

from wire import faults
from wire.faults import Fault, Words, catalogue

EVER = {
    101: "card_unknown",
    102: "card_expired",
    103: "card_blocked",
    104: "fees_owed",
    105: "card_unreadable",
    106: "category_not_admitted",
    107: "pin_wrong",
    108: "keys_not_taken",
    109: "card_removed",
    110: "code_expired",
    111: "code_early",
    112: "code_used",
    113: "two_cards",
    120: "card_taken",
    121: "id_card_taken",
    122: "id_card_wrong",
    123: "registration_incomplete",
    124: "type_not_offered",
    125: "pin_weak",
    126: "guardian_needed",
    127: "guardian_unfit",
    128: "deposit_needed",
    129: "terms_not_accepted",
    130: "overpaid",
    131: "paid_already",
    132: "fee_unknown",
    133: "loans_open",
    134: "holds_open",
    135: "deposit_held",
    136: "nothing_to_return",
    137: "wards_left",
    138: "owed_open",
    139: "pin_paused",
    150: "cannot_check_card",
    160: "payment_unavailable",
    161: "payment_expired",
    162: "payment_unsettled",
    163: "payment_not_booked",
    164: "payment_unknown",
    178: "register_not_now",
    179: "register_unclear",
    180: "id_card_expired",
    181: "guardian_unknown",
    182: "register_refused",
    189: "payment_unclear",
    190: "banned_here",
    191: "too_young",
    192: "too_old",
    193: "debts_too_high",
    194: "room_terms_wanted",
    195: "too_many_with_you",
    196: "no_answer_given",
    201: "limit_reached",
    202: "on_hold",
    203: "not_for_loan",
    204: "lent_to_other",
    205: "item_unknown",
    206: "already_yours",
    207: "loan_not_allowed",
    208: "parts_missing",
    209: "item_lost",
    210: "offline_limit_reached",
    211: "on_loan_already",
    212: "overdue_items",
    213: "in_repair",
    214: "renewal_limit",
    215: "overdue_not_renewed",
    216: "renewal_on_hold",
    217: "not_on_loan",
    218: "already_held",
    219: "hold_limit",
    220: "not_held",
    221: "cannot_cancel",
    222: "pickup_unknown",
    223: "read_here_only",
    224: "renewal_refused",
    225: "hold_refused",
    250: "cannot_lend_now",
    251: "cannot_return_now",
    252: "return_refused",
    253: "owed_refused",
    301: "tag_not_cleared",
    302: "tag_not_secured",
    303: "tag_unreadable",
    401: "pad_lost",
    402: "card_reader_lost",
    403: "door_lost",
    404: "gate_lost",
    405: "counter_lost",
    406: "sensors_lost",
    407: "outputs_lost",
    408: "printer_lost",
    409: "voice_lost",
    410: "device_misbehaved",
    411: "paper_low",
    412: "paper_out",
    413: "printer_open",
    501: "ils_silent",
    502: "central_away",
    503: "message_forged",
    504: "message_malformed",
    505: "list_expired",
    506: "list_refused",
    510: "owed_too_long",
    511: "loans_closed",
    512: "returns_closed",
    601: "journal_filling",
    602: "journal_full",
    603: "journal_forked",
    604: "disk_failed",
    605: "program_failed",
    606: "clock_untrusted",
    607: "journal_damaged",
    608: "facts_lost",
    609: "card_key_locked",
    701: "door_forced",
    702: "door_held_open",
    703: "fire_active",
    704: "lock_not_released",
    705: "gate_alarm",
    706: "closed_now",
    710: "smoke_sensed",
    711: "water_sensed",
    712: "mains_lost",
    713: "battery_low",
    714: "tampered",
    715: "sensor_broken",
    720: "overstay",
    721: "moved_while_armed",
    722: "not_armed",
    723: "closing_now",
    730: "room_full",
    731: "last_entry_over",
    732: "room_cleaned",
    733: "room_tests_itself",
    740: "entry_while_closed",
    741: "over_capacity",
    742: "counter_jumped",
    743: "counts_disagree",
    745: "tailgated",
    746: "door_left_open",
    747: "sos_pressed",
    748: "climate_off",
    749: "certificate_expires",
    750: "signal_failed",
    751: "kiosk_unheard",
    760: "circuit_not_switched",
    761: "disinfection_broken_off",
    762: "cabinet_broken",
    775: "help_called",
    901: "order_late",
    902: "order_not_possible",
    903: "order_unknown",
    999: "unknown_fault",
}
"""Every number that any version has given: facts of years carry them. One that is retired stays here."""
RETIRED: frozenset[int] = frozenset()

RANGES = {
    1: "readers",
    2: "loans",
    3: "tags",
    4: "devices",
    5: "network",
    6: "machine",
    7: "room",
    9: "orders",
}

OURS_NOT_THEIRS = re.compile(
    r"\b(?:ACS|AFI|API|broker|cable|client|daemon|database|EAS|error code|HTTPS?|ILS|"
    r"journal|JSON|Modbus|MQTT|NFC|payload|port|protocol|RFID|serial|server|SIP2?|software|SQL|tag|TCP|"
    r"time-?out|TLS|UID|USB)s?\b",
    re.IGNORECASE,
)
OURS_NOT_THEIRS_ZH = re.compile(
    "协议|标签|射频|芯片|服务器|串口|端口|接口|数据库|日志|报文|消息|超时|网关|软件|程序|固件"
)
"""Words of our trade. A reader is told what happened and what to do, in words of a library."""

ALL = pytest.mark.parametrize("fault", catalogue().values(), ids=attrgetter("name"))


# ---------------------------------------------------------------- numbers
def test_a_number_is_never_reused_and_never_lost():
    assert {number: fault.name for number, fault in catalogue().items()} == {
        number: name for number, name in EVER.items() if number not in RETIRED
    }


@ALL
def test_a_number_stands_in_a_range_that_means_something(fault):
    assert fault.number // 100 in RANGES


def test_the_catalogue_is_in_order():
    assert [*catalogue()] == sorted(catalogue())


# ---------------------------------------------------------------- words
@ALL
@pytest.mark.parametrize("part", ["title", "reader", "staff"])
def test_each_part_is_worded_in_both_languages(fault, part):
    words = getattr(fault, part)
    assert re.search("[一-鿿]", words.zh)
    assert words.en.isascii()
    assert re.search("[a-z]", words.en)
    assert not re.search(r"[,.;:?!]", words.zh), "Chinese has its own punctuation"
    assert [text for text in (words.zh, words.en) if text != text.strip()] == []


@ALL
def test_a_title_is_a_title_and_the_rest_are_sentences(fault):
    assert not fault.title.zh.endswith("。")
    assert not fault.title.en.endswith(".")
    for words in (fault.reader, fault.staff):
        assert words.zh.endswith("。")
        assert words.en.endswith(".")


@ALL
def test_a_reader_is_told_no_word_of_our_trade(fault):
    assert not OURS_NOT_THEIRS.search(fault.reader.en)
    assert not OURS_NOT_THEIRS_ZH.search(fault.reader.zh)


@ALL
def test_a_reader_s_line_fits_the_screen(fault):
    assert len(fault.reader.zh) <= 40
    assert len(fault.reader.en) <= 90


@pytest.mark.parametrize("name", ["cannot_check_card", "cannot_lend_now", "room_tests_itself"])
def test_where_it_is_our_fault_we_say_so(name):
    words = catalogue()[faults.number(name)].reader
    assert "我们的问题" in words.zh
    assert "Our fault" in words.en


@pytest.mark.parametrize("name", ["fire_active", "door_lost", "lock_not_released"])
def test_nobody_is_told_to_wait_inside(name):
    words = catalogue()[faults.number(name)].reader
    assert re.search("离开|出门|按钮|手柄", words.zh)
    assert re.search("leave|leaving|button|handle", words.en, re.IGNORECASE)


@pytest.mark.parametrize("language", faults.READERS)
def test_every_fault_is_worded_for_readers_of_every_language(language):
    names = {fault.name for fault in catalogue().values()}
    told = faults.told_in(language)
    assert [f"{language}: {name}" for name in sorted(names - told.keys())] == []
    assert [f"{language}: {name}" for name in sorted(told.keys() - names)] == []
    assert {name: words for name, words in told.items() if len(words) > 110} == {}


# ---------------------------------------------------------------- looking up
def test_by_name_and_by_number():
    assert faults.number("on_hold") == 202
    assert faults.fault(202).name == "on_hold"
    with pytest.raises(KeyError):
        faults.number("no_such_fault")


def test_a_number_from_the_future_has_words_too():
    assert faults.fault(998).name == "unknown_fault"
    assert faults.fault(0).name == "unknown_fault"


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh-CN", "中"), ("zh-Hans", "中"), ("en", "E"), ("en-GB", "E"), ("ug", "中"), ("", "中")],
)
def test_chinese_where_there_is_no_other_line(language, text):
    assert Words("中", "E").of(language) == text


def test_a_fault_does_not_change():
    fault = faults.fault(202)
    assert isinstance(fault, Fault)
    with pytest.raises(AttributeError):
        fault.number = 203
