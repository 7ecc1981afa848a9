"""Tagging a shelf: each book gets its own tag, none another's, whatever lies there and whenever it stops."""

from __future__ import annotations

import json
import os
import stat
from itertools import count

import pytest
from click.testing import CliRunner

from drivers.emulators.air import MEMORY_OCTETS, EmulatedTag
from drivers.emulators.serve import TcpPlug
from drivers.errors import Misuse
from drivers.pad.feig.codec import Frame, encode
from drivers.pad.feig.messages import ReaderInfo
from drivers.probe.tag import tag
from drivers.probe.tag_list import books, text_of
from drivers.probe.tag_progress import Progress
from drivers.probe.tag_write import Tagging
from drivers.probe.tag_writer import Manner
from drivers.tag import iso28560_2
from drivers.tag.detect import decode
from drivers.tag.security import Security
from tests.drivers.pad.pile import Pile, book, lines, reader, settings
from tests.lines import SPOILING, WHOLE, Answering

LIST = (
    "item,owner,parts,part,usage,title,SL\nB0001,CN-320500,,,10,漂流,K825.6/1\nB0002,,2,1,,,\nB0002,,2,2,,,\n"
)
DEFAULTS = {"usage": "10", "owner": "CN-1"}


def chip(number, octets=b"", **changes):
    return EmulatedTag(
        f"E00401{number:010X}", bytearray(octets.ljust(MEMORY_OCTETS, b"\0")), afi=0, dsfid=0, **changes
    )


class Shelf:
    """A person who lays down what comes next, and a run that ends when nothing is left to lay."""

    def __init__(self, path, piles, text=LIST, bad=WHOLE, numbers=None, answer=None, **changes):
        self.pile, self.piles, self.told = Pile(), [list(pile) for pile in piles], []
        self.reading = reader(self.pile)
        self.path = path
        self.wanted = books(text, DEFAULTS)
        manner = changes.pop("manner", Manner())
        self.tagging = Tagging(
            settings(security=manner.security, **changes),
            lines(answer(self.reading) if answer else self.reading.answer, bad),
            self.wanted,
            Progress(path),
            manner,
            self.hear,
            numbers,
            sleep=self.sleep,
        )

    def hear(self, told):
        self.told.append(told)
        verdict = told.outcome.verdict if told.outcome else "lost" if told.lost else "next"
        again = len(self.told) > 1 and self.told[-2].lost
        if verdict in {"next", "several", "worn", "other", "refused"} and not again:
            self.lay()

    def lay(self):
        if not self.piles:
            raise KeyboardInterrupt
        self.pile.here = self.piles.pop(0)

    def sleep(self, _s):
        pass

    def run(self):
        try:
            return self.tagging.run()
        except KeyboardInterrupt:
            return None

    @property
    def verdicts(self):
        return [told.outcome.verdict for told in self.told if told.outcome]


def test_a_shelf_is_tagged_and_counted(tmp_path):
    chips = [chip(1), chip(2), chip(3)]
    shelf = Shelf(tmp_path / "p", [[each] for each in chips])
    result = shelf.run()
    assert (result.written, result.right_already, result.passed_over) == (3, 0, 0)
    assert [told.done for told in shelf.told if told.outcome] == [1, 2, 3]
    contents = [decode(bytes(each.memory)) for each in chips]
    assert [(each.item, each.owner, each.parts, each.part) for each in contents] == [
        ("B0001", "CN-320500", 1, 1),
        ("B0002", "CN-1", 2, 1),
        ("B0002", "CN-1", 2, 2),
    ]
    assert iso28560_2.parse(bytes(chips[0].memory)).text(6) == "K825.6/1"
    assert {(each.afi, each.dsfid, len(each.locked)) for each in chips} == {(0x07, 0x06, 0)}


@pytest.mark.parametrize(
    ("manner", "afi", "eas"),
    [
        (Manner(secured=False), 0xC2, True),
        (Manner(Security("eas"), secured=False), 0, False),
        (Manner(Security("both"), secured=False), 0xC2, False),
    ],
)
def test_security_is_written_as_told(tmp_path, manner, afi, eas):
    one = chip(1)
    Shelf(tmp_path / "p", [[one]], manner=manner).run()
    assert (one.afi, one.eas) == (afi, eas)


def test_a_tag_of_another_book_is_refused_unless_told_so(tmp_path):
    stranger = book(5)
    before = bytes(stranger.memory)
    shelf = Shelf(tmp_path / "p", [[stranger], [chip(1)]])
    shelf.run()
    assert shelf.verdicts == ["other", "tagged"]
    assert shelf.told[1].outcome.detail == "B0000005"
    assert bytes(stranger.memory) == before
    Shelf(tmp_path / "q", [[stranger]], manner=Manner(overwrite=True)).run()
    assert decode(bytes(stranger.memory)).item == "B0001"


def test_octets_of_no_known_model_are_not_written_over(tmp_path):
    private = chip(1, b"\xfe" * 32)
    assert Shelf(tmp_path / "p", [[private]]).run() is None
    assert private.memory[:32] == b"\xfe" * 32


def test_two_tags_are_refused_and_neither_is_touched(tmp_path):
    two = [chip(1), chip(2)]
    shelf = Shelf(tmp_path / "p", [two, [two[0]]])
    shelf.run()
    assert shelf.verdicts == ["several", "tagged"]
    assert shelf.told[1].outcome.uids == tuple(each.uid for each in two)
    assert not any(two[1].memory)


def test_a_tag_that_only_passes_by_is_not_written(tmp_path):
    passing, meant = chip(1), chip(2)
    inventories = count()

    def answer(reading):
        def around(octets):
            if octets[4:6] == b"\xb0\x01" and next(inventories) == 1:
                shelf.pile.here = [meant]
            return reading.answer(octets)

        return around

    shelf = Shelf(tmp_path / "p", [[passing], [meant]], answer=answer)
    shelf.run()
    assert shelf.verdicts[:2] == ["several", "tagged"]
    assert not any(passing.memory)


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_tag_written_last_may_lie_there_a_little_longer(tmp_path, overwrite):
    first = chip(1)
    shelf = Shelf(tmp_path / "p", [[first], [first]], manner=Manner(overwrite=overwrite))
    polls = count()
    shelf.sleep = lambda _s: next(polls) < 5 or shelf.lay()
    shelf.tagging.sleep = shelf.sleep
    assert shelf.run() is None
    assert shelf.verdicts == ["tagged"]
    assert decode(bytes(first.memory)).item == "B0001"


def test_a_right_tag_is_left_as_it_is(tmp_path):
    one = chip(1)
    Shelf(tmp_path / "p", [[one]]).run()
    again = Shelf(tmp_path / "q", [[one]])
    again.run()
    assert again.tagging.count.right_already == 1
    assert again.verdicts == ["tagged"]


def test_it_goes_on_where_it_stopped(tmp_path):
    first = chip(1)
    assert Shelf(tmp_path / "p", [[first]]).run() is None
    second = Shelf(tmp_path / "p", [[first], [chip(2)], [chip(3)]])
    result = second.run()
    assert (result.passed_over, result.written) == (1, 2)
    assert second.verdicts == ["worn", "tagged", "tagged"], "the first book's tag is not the second's"


def test_a_tag_of_a_book_that_is_no_more_in_the_list_becomes_another_s_if_told_so(tmp_path):
    one = chip(1)
    Shelf(tmp_path / "p", [[one]], text="item\nB0O01\n").run()
    refused = Shelf(tmp_path / "p", [[one]], text="item\nB0001\n")
    assert (refused.run(), refused.verdicts) == (None, ["other"])
    Shelf(tmp_path / "p", [[one]], text="item\nB0001\n", manner=Manner(overwrite=True)).run()
    assert decode(bytes(one.memory)).item == "B0001"
    assert Progress(tmp_path / "p").done == {"B0001#1": one.uid}


@pytest.mark.parametrize("writes", range(4))
def test_power_lost_at_any_write_is_mended_by_the_next_run(tmp_path, writes):
    """The tag is half old, half new, and perhaps no tag of any model; it is still known to be this book's."""
    one = chip(1, locked=set())
    left = count(writes, -1)

    def dying(reading):
        def answer(octets):
            is_write = octets[4:6] in {b"\xb0\x24", b"\xb0\x27", b"\xb0\x29"}
            if is_write and next(left) <= 0:
                one.memory[4:8] = b"\xfe\xfe\xfe\xfe"
                raise KeyboardInterrupt
            return reading.answer(octets)

        return answer

    assert Shelf(tmp_path / "p", [[one]], answer=dying).run() is None
    mended = Shelf(tmp_path / "p", [[one], [chip(2)], [chip(3)]])
    mended.run()
    assert decode(bytes(one.memory)).item == "B0001"
    assert one.afi == 0x07


def test_a_book_whose_tag_is_half_written_gets_no_second_one_unless_told_so(tmp_path):
    first, second = chip(1), chip(2)
    Progress(tmp_path / "p").begin("B0001#1", first.uid)
    for overwrite, done in ((False, {}), (True, {"B0001#1": second.uid})):
        shelf = Shelf(tmp_path / "p", [[second]], manner=Manner(overwrite=overwrite))
        polls = count()
        shelf.tagging.sleep = lambda _s, polls=polls, lay=shelf.lay: next(polls) < 1 or lay()
        assert shelf.run() is None
        assert shelf.verdicts == (["tagged"] if done else ["begun"])
        assert Progress(tmp_path / "p").done == done
        assert any(second.memory) == bool(done)
    assert Progress(tmp_path / "p").half_written("B0001#1") == ()


@pytest.mark.parametrize("bad", SPOILING, ids=str)
def test_over_every_bad_line_each_tag_says_its_own_book(tmp_path, bad):
    chips = [chip(number) for number in (1, 2, 3)]
    shelf = Shelf(tmp_path / "p", [], bad=bad)
    shelf.hear = shelf.tagging.tell = lambda told: (
        shelf.told.append(told) or setattr(shelf.pile, "here", [chips[min(told.done, 2)]])
    )
    shelf.run()
    assert [decode(bytes(each.memory)).part for each in chips] == [1, 1, 2]
    assert [decode(bytes(each.memory)).item for each in chips] == ["B0001", "B0002", "B0002"]


def test_a_reader_that_falls_silent_is_told_and_opened_again(tmp_path):
    shelf = Shelf(tmp_path / "p", [[chip(1)], [chip(2)], [chip(3)]])
    answering = shelf.reading.answer
    opened = iter([Answering(answering, break_after=9)])
    shelf.tagging.open_line = lambda: next(opened, None) or Answering(answering)
    shelf.run()
    assert len(shelf.tagging.progress.done) == 3
    assert [told.lost for told in shelf.told if told.lost] == ["the cable is out"]


def test_locks_come_last_and_are_seen(tmp_path):
    one = chip(1)
    Shelf(tmp_path / "p", [[one]], manner=Manner(lock=True)).run()
    layout_ends = sorted(one.locked)
    assert layout_ends[:2] == [0, 1]
    assert decode(bytes(one.memory)).item == "B0001"
    again = Shelf(tmp_path / "q", [[one]], manner=Manner(lock=True))
    again.run()
    assert (again.verdicts, again.tagging.count.right_already) == (["tagged"], 1)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (chip(1, locked={1}), "block 1 is locked and says something else"),
        (EmulatedTag("E004010000000001", bytearray(16)), "octets for a chip of 16"),
    ],
)
def test_a_chip_that_cannot_hold_it_is_refused(tmp_path, one, why):
    shelf = Shelf(tmp_path / "p", [[one]])
    shelf.run()
    assert shelf.verdicts == ["refused"]
    assert why in shelf.told[1].outcome.detail


def test_locked_octets_behind_the_stream_are_nobody_s_business(tmp_path):
    one = chip(1, locked={27})
    one.memory[108:] = b"W_OK"
    assert Shelf(tmp_path / "p", [[one]], manner=Manner(overwrite=True)).run() is None
    assert decode(bytes(one.memory)).item == "B0001"
    assert one.memory[108:] == b"W_OK"


def test_a_write_that_does_not_stick_is_never_called_done(tmp_path):
    def deaf(reading):
        def answer(octets):
            is_write = octets[4:6] == b"\xb0\x24"
            return [encode(Frame(0, 0xB0, b"\0"))] if is_write else reading.answer(octets)

        return answer

    shelf = Shelf(tmp_path / "p", [[chip(1)]], answer=deaf)
    tries = count()
    shelf.tagging.sleep = lambda _s: next(tries) < 3 or shelf.lay()
    assert shelf.run() is None
    assert set(shelf.verdicts) == {"failed"}
    assert Progress(tmp_path / "p").done == {}


def test_long_memories_are_read_and_written_in_pieces(tmp_path):
    small = ReaderInfo(0x0206, 0, 11, 41, 9, 64, 64)
    one, shelf = chip(1), Shelf(tmp_path / "p", [])
    shelf.reading._settings = type(shelf.reading._settings)(pace=0.0, info=small)
    shelf.piles = [[one]]
    shelf.run()
    assert decode(bytes(one.memory)).item == "B0001"


def test_a_chip_of_other_blocks(tmp_path):
    one = EmulatedTag("E007000000000001", bytearray(256), afi=0, dsfid=0, block_octets=8)
    Shelf(tmp_path / "p", [[one]]).run()
    assert decode(bytes(one.memory), 8).item == "B0001"


@pytest.mark.parametrize("octets", [32, 112])
def test_the_danish_model(tmp_path, octets):
    one = EmulatedTag("E004010000000001", bytearray(octets), afi=0, dsfid=0)
    shelf = Shelf(tmp_path / "p", [[one]])
    shelf.tagging.books = books("item\nA1\n", {"model": "danish"})
    shelf.tagging.run()
    content = decode(bytes(one.memory))
    assert (content.model, content.item, one.dsfid) == ("iso28560-3", "A1", 0x3E)


def test_what_the_model_has_no_place_for_is_said_with_the_book(tmp_path):
    shelf = Shelf(tmp_path / "p", [[chip(1)]])
    shelf.tagging.books = books("item,usage,SL\nA1,12,K825\n", {"model": "danish"})
    shelf.tagging.run()
    usage = "usage 12 has no place in iso28560-3, which keeps 10"
    assert shelf.told[-1].outcome.warnings == (usage, "SL has no place in iso28560-3")


def test_scanned_numbers_choose_the_book(tmp_path):
    chips = [chip(1), chip(2), chip(3)]
    numbers = iter(["B0002\n", "B9999", "B0002", "B0002", "B0001"])
    shelf = Shelf(tmp_path / "p", [[each] for each in chips], numbers=numbers)
    assert shelf.run().written == 3
    assert shelf.verdicts == ["tagged", "unlisted", "tagged", "done", "tagged"]
    assert [decode(bytes(each.memory)).item for each in chips] == ["B0002", "B0002", "B0001"]


# ---------------------------------------------------------------- the list and the progress
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_in_chinese(encoding):
    text = "馆藏条码,馆代码,题名,索书号\n B1 ,CN-1,书屋,K8\n\n"
    (one,) = books(text_of(text.encode(encoding)), {})
    assert (one.wanted.item, one.wanted.owner, one.title, one.wanted.elements) == (
        "B1",
        "CN-1",
        "书屋",
        {"SL": "K8"},
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line 1: a column `item`"),
        ("title\nx", "line 1: a column `item`"),
        ("item,item\n1,2", "each column once"),
        ("item\n", "0 books"),
        ("item,colour\nB1,red", "line 2: no column or element is called 'colour'"),
        ("item\nB1\nB1", "line 3: B1#1 stands in line 2 already"),
        ("item,parts\nB1,x", "line 2: parts 'x' is no number"),
        ("item,parts,part\nB1,1,2", "line 2: part 2 of 1"),
        ("item\nB1,B2", "line 2: 2 cells under 1 columns"),
        ('item\n"B1', "line 2: unexpected end of data"),
        ('item\n"B\n1"', "line 3: item number 'B\\n1' does not survive"),
        (f"item\n{'长' * 90}", "line 2: element 1 has 270 octets"),
    ],
)
def test_a_list_that_cannot_be_written_is_refused_before_anything_is(text, why):
    with pytest.raises(Misuse, match=r".*") as refused:
        books(text, {})
    assert why in refused.value.text


def test_a_list_of_no_known_encoding():
    with pytest.raises(Misuse):
        text_of(b"\xff\xff\x00")


def test_progress_is_whole_at_any_moment(tmp_path):
    path = tmp_path / "p.json"
    progress = Progress(path)
    progress.begin("B1#1", "E0")
    assert Progress(path).half_written("B1#1") == ("E0",)
    progress.end("B1#1", "E0")
    again = Progress(path)
    assert (again.done, again.wearer("E0"), again.half_written("B1#1")) == (
        {"B1#1": "E0"},
        "B1#1",
        (),
    )
    assert [each.name for each in tmp_path.iterdir()] == ["p.json"]


def test_progress_is_on_the_disk_by_its_name_too(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda opened: synced.append(stat.S_ISDIR(os.fstat(opened).st_mode)))
    Progress(tmp_path / "p.json").begin("B1#1", "E0")
    assert synced == [False, True]


@pytest.mark.parametrize("octets", [b"{", b'{"gone": 1}', b'{"done": []}'])
def test_a_file_that_is_no_progress_is_left_as_it_is(tmp_path, octets):
    path = tmp_path / "p.json"
    path.write_bytes(octets)
    with pytest.raises(Misuse):
        Progress(path)
    assert path.read_bytes() == octets


def test_a_disk_that_takes_nothing_stops_the_run(tmp_path):
    shelf = Shelf(tmp_path / "p", [[chip(1)]])
    shelf.tagging.progress._path = tmp_path / "gone" / "p"
    with pytest.raises(Misuse):
        shelf.tagging.run()
    assert not any(shelf.pile.here[0].memory)


def test_from_the_command_line(tmp_path):
    shelf = tmp_path / "shelf.csv"
    shelf.write_text("item\nB1\n", encoding="utf-8")
    one = chip(1)
    plug = TcpPlug(reader(Pile([one]), info=ReaderInfo(0x0206, 0, 11, 80, 9, 280, 512)))  # a card reader
    try:
        result = CliRunner().invoke(tag, ["write", str(shelf), "--port", plug.url, "--json"])
    finally:
        plug.close()
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["done"] for each in told] == [0, 1]
    assert told[1]["outcome"]["uids"] == [one.uid]
    assert decode(bytes(one.memory)).item == "B1"
    again = CliRunner().invoke(tag, ["write", str(shelf), "--port", plug.url], env={"LANG": "en_GB.UTF-8"})
    assert again.exit_code == 0, "nothing is left to do, and the reader is not asked for it"


def test_a_command_line_without_a_pad(tmp_path):
    shelf = tmp_path / "shelf.csv"
    shelf.write_text("item\nB1\n", encoding="utf-8")
    result = CliRunner().invoke(tag, ["write", str(shelf)])
    assert result.exit_code == 2
    assert "--port or --config" in result.output
