"""The emulated reader: its air time against the standard's arithmetic, its manners against the manual."""

from __future__ import annotations

from queue import Queue
from random import Random
from threading import Thread

import pytest

from drivers.emulators import air
from drivers.emulators.feig import FeigReader, FeigReaderSettings
from drivers.emulators.serve import TcpPlug
from drivers.errors import Gone
from drivers.line.serial_line import open_serial
from drivers.pad.feig.codec import Frame, encode
from tests.drivers.pad.pile import Pile, book, reader
from tests.drivers.tag import vectors

UIDS_APART = [0xE004010000000000 + slot for slot in range(16)]


def about(value):
    return pytest.approx(value, abs=0.06)


def test_an_inventory_without_collisions():
    # 1.62 request + 4.56 a tag + 0.47 an empty slot + 0.57 for fifteen EOF
    for tags in range(17):
        assert air.inventory_ms(UIDS_APART[:tags]) == about(
            1.62 + 4.557 * tags + 0.4743 * (16 - tags) + 0.566
        )


def test_a_collision_costs_its_slot_and_a_round_among_the_collided():
    two = [0x10, 0x20]
    first = 1.62 + 4.557 + 15 * 0.4743 + 0.566
    second = 1.62 + 0.302 + 2 * 4.557 + 14 * 0.4743 + 0.566
    assert air.inventory_ms(two) == about(first + second)


def test_equal_uids_end():
    assert air.inventory_ms([7, 7]) > 16 * 10


@pytest.mark.parametrize(("tags", "mean_ms"), [(1, 13.9), (5, 38.7), (10, 81.8), (20, 182.9), (30, 284.7)])
def test_the_mean_inventory_of_random_tags(tags, mean_ms):
    dice = Random(tags)
    runs = [air.inventory_ms([dice.getrandbits(40) for _ in range(tags)]) for _ in range(1000)]
    assert sum(runs) / len(runs) == pytest.approx(mean_ms, rel=0.03)


def test_readings():
    assert air.read_ms(8) == about(15.85)
    assert air.read_ms(4) == about(11.0)


def test_writings_and_alarms():
    # request 17, 14, 5 octets; answer 3, 3, 35; t1 and t2; 4.6 ms to program the chip
    assert air.write_block_ms(4) == about(5.25 + 0.32 + 1.21 + 0.31 + 4.6)
    assert air.lock_block_ms() == air.custom_ms() == about(4.04 + 0.32 + 1.21 + 0.31 + 4.6)
    assert air.eas_alarm_ms(addressed=False, answered=True) == about(1.62 + 0.32 + 10.87 + 0.31)
    assert air.eas_alarm_ms(addressed=True, answered=False) == about(4.04 + 0.47)


def asked(reading, name, family="feigadv"):
    (vector,) = [each.values[0] for each in vectors.of(family) if each.values[0].name == name]
    return reading.answer(vector.octets)


def test_a_broken_frame_is_met_with_silence():
    assert reader(Pile()).answer(bytes.fromhex("05FF65E5CC")) == []


@pytest.mark.parametrize(("family", "head"), [("feigstd", "0600"), ("feigadv", "02000800")])
def test_an_unknown_command_is_refused_in_its_own_frame_kind(family, head):
    (octets,) = asked(reader(Pile()), "get input", family)
    assert octets[:-2].hex() == head + "7480"


def test_a_tag_is_new_once_until_it_leaves_or_the_field_is_reset():
    pile = Pile([book(1)])
    reading = reader(pile)
    new, nobody = (asked(reading, "inventory new")[0][5] for _ in range(2))
    assert (new, nobody) == (0x00, 0x01)
    asked(reading, "RF reset")
    assert asked(reading, "inventory new")[0][5] == 0x00
    pile.here.clear()
    asked(reading, "inventory new")
    pile.here.append(book(1))
    assert asked(reading, "inventory new")[0][5] == 0x00


def test_a_reply_too_long_for_a_standard_frame_comes_advanced():
    reading = reader(Pile(book(number) for number in range(30)), data_sets=255)
    (octets,) = asked(reading, "inventory new", "feigstd")
    assert octets[0] == 0x02
    assert len(octets) == 8 + 1 + 300


def test_a_request_in_pieces_is_answered_once():
    pieces = encode(Frame(0xFF, 0xB0, b"\x01\x20"))
    reading = reader(Pile([book(1)]))
    replies = [reading.answer(pieces[at : at + 1]) for at in range(len(pieces))]
    assert [len(each) for each in replies] == [0] * 8 + [1]


def test_half_a_request_is_forgotten_at_the_next_silence():
    reading = reader(Pile())
    reading.answer(bytes.fromhex("07FFB0"))
    reading.answer(b"")
    assert len(asked(reading, "get input", "feigstd")) == 1


class Clocked:
    """A line that notes when it was written to, and breaks after one reply."""

    def __init__(self, request):
        self.request = [request]
        self.replies = Queue()

    def read(self, timeout_s):
        if not self.request:
            raise Gone("enough")
        return self.request.pop()

    def write(self, octets):
        self.replies.put(octets)


def test_real_time_is_never_shorter_than_air_and_line(monkeypatch):
    """The reader waits for as long as it says: its clock is replaced by one that only sleeping moves."""
    now = [0.0]
    monkeypatch.setattr("drivers.emulators.feig.time.perf_counter", lambda: now[0])
    monkeypatch.setattr(
        "drivers.emulators.feig.time.sleep", lambda s: now.__setitem__(0, now[0] + max(s, 1e-5))
    )
    line = Clocked(encode(Frame(0xFF, 0xB0, b"\x01\x20")))
    with pytest.raises(Gone):
        FeigReader(Pile([book(1)]), FeigReaderSettings(baud=38400)).serve(line)
    octets = 9 + len(line.replies.get_nowait())
    wanted_ms = air.inventory_ms([int(book(1).uid, 16)]) + octets * 11 / 38400 * 1000
    assert now[0] * 1000 == pytest.approx(wanted_ms, abs=0.05)


def test_a_served_reader_keeps_its_state_from_line_to_line():
    reading = FeigReader(Pile([book(1)]), FeigReaderSettings(pace=0.0))
    plug = TcpPlug(reading)
    for expected in (0x00, 0x01):
        line = open_serial(plug.url)
        line.write(encode(Frame(0xFF, 0xB0, b"\x01\x00")))
        assert line.read(5.0)[5] == expected
        line.close()
        plug.unplug()
        plug.plug()
    plug.close()
    assert reading.asked == 2


def test_unplugging_while_the_reader_works_leaves_no_thread():
    plug = TcpPlug(FeigReader(Pile([book(1)]), FeigReaderSettings(pace=2.0)))
    line = open_serial(plug.url)
    line.write(encode(Frame(0xFF, 0xB0, b"\x01\x20")))
    pulling = Thread(target=plug.close)
    pulling.start()
    pulling.join(10)
    assert not pulling.is_alive()
    line.close()
