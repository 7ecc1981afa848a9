"""`shuwu-probe tag write`: a shelf of books, one tag after the other, with a count as it goes.

- Blocks until every book of the list is done, or until Ctrl-C; what is done stays done, and is not asked again.
- In the order of the list; with `scan`, in the order in which numbers are typed or scanned.
- A reader that falls silent is opened again every second, for as long as it takes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from drivers.errors import DriverError, Misuse, Unsupported
from drivers.line.line import OpenLine
from drivers.pad.feig.session import Session
from drivers.pad.feig.settings import FeigSettings
from drivers.probe.tag_list import Book
from drivers.probe.tag_progress import Progress
from drivers.probe.tag_writer import Manner, Outcome, Writer

POLL_S = 0.1
"""Between two looks at what lies there."""
REOPEN_S = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the person at the pad is told next. `outcome` None: which book to lay down."""

    item: str
    title: str
    part: int
    done: int
    of: int
    outcome: Outcome | None = None
    lost: str = ""
    """Why the reader cannot be talked to."""


@dataclass(slots=True)
class Count:
    """What came of it."""

    written: int = 0
    right_already: int = 0
    passed_over: int = 0
    """Done before this run."""


@dataclass(slots=True)
class Tagging:
    """One run over one list."""

    settings: FeigSettings
    open_line: OpenLine
    books: Sequence[Book]
    progress: Progress
    manner: Manner
    tell: Callable[[Told], None]
    numbers: Iterator[str] | None = None
    """Item numbers as they are scanned; None: the order of the list."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    count: Count = field(default_factory=Count)
    _last: Told | None = None
    _uid: str = ""
    """Of the tag that was written last: it may lie there a little longer."""

    def run(self) -> Count:
        """Tag every book that is not done.

        Raises:
            Misuse: the progress file cannot be written.
            Unsupported: a reader that is no good for this.
        """
        self.count.passed_over = self.done
        left = self._in_order() if self.numbers is None else self._as_scanned(self.numbers)
        book = next(left, None)
        while book:
            try:
                with self._session() as session:
                    writer = Writer(session, self.progress, self.manner, {book.key for book in self.books})
                    while book:
                        self._one(writer, book)
                        book = next(left, None)
            except (Misuse, Unsupported):
                raise
            except DriverError as cause:
                assert book is not None  # without one the reader was not talked to
                self._say(book, lost=cause.text)
                self.sleep(REOPEN_S)
        return self.count

    def _in_order(self) -> Iterator[Book]:
        return (book for book in self.books if book.key not in self.progress.done)

    def _as_scanned(self, numbers: Iterator[str]) -> Iterator[Book]:
        """The book of each number; of a set, the first volume that is not done."""
        for number in numbers:
            volumes = [book for book in self.books if book.wanted.item == number.strip()]
            left = [book for book in volumes if book.key not in self.progress.done]
            if left:
                yield left[0]
            else:
                self._say(None, Outcome("done" if volumes else "unlisted"), item=number.strip())
            if self.done == len(self.books):
                return

    def _one(self, writer: Writer, book: Book) -> None:
        """Wait until the book is tagged."""
        self._say(book)
        while (outcome := writer.attempt(book)).verdict != "tagged":
            if outcome.verdict != "nothing" and outcome.uids != (self._uid,):
                self._say(book, outcome)
            self.sleep(POLL_S)
        self._uid = outcome.uids[0]
        self.count.written += outcome.blocks > 0
        self.count.right_already += not outcome.blocks
        self._say(book, outcome)

    def _say(self, book: Book | None, outcome: Outcome | None = None, lost: str = "", item: str = "") -> None:
        wanted, title = (book.wanted, book.title) if book else (None, "")
        item, part = (wanted.item, wanted.part or 1) if wanted else (item, 1)
        told = Told(item, title, part, self.done, len(self.books), outcome, lost)
        if told != self._last:
            self._last = told
            self.tell(told)

    @property
    def done(self) -> int:
        """Books of the list that wear their tag."""
        return sum(book.key in self.progress.done for book in self.books)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        line = self.open_line()
        try:
            session = Session(line, self.settings, self.clock)
            session.introduce()
            yield session
        finally:
            line.close()


WORDS: Mapping[str, tuple[str, str]] = {
    "next": ("[{done}/{of}] 请放上 {item} {title}", "[{done}/{of}] lay down {item} {title}"),
    "tagged": ("[{done}/{of}] {item} ✓ {uid}", "[{done}/{of}] {item} ✓ {uid}"),
    "several": (
        "读写台上有 {count} 个标签：只留下 {item} 一本",
        "{count} tags lie there: leave {item} alone",
    ),
    "other": (
        "拒绝写入：标签 {uid} 上已有编号 {detail}，不是 {item}；确需改写请加 --overwrite",
        "refused: tag {uid} carries {detail}, not {item}; --overwrite writes it all the same",
    ),
    "worn": (
        "拒绝写入：标签 {uid} 已写给 {detail}，请换上 {item} 的标签",
        "refused: {detail} of this list wears tag {uid}; lay down the tag of {item}",
    ),
    "begun": (
        "拒绝写入：{item} 的标签 {detail} 只写了一半，请放上那一枚；如已损坏，请加 --overwrite 改用新标签",
        "refused: tag {detail} is half written as {item}; lay that one down, or --overwrite takes another one",
    ),
    "refused": ("不能写入 {item}：{detail}", "{item} cannot be written: {detail}"),
    "done": ("{item} 已经写过了", "{item} is done already"),
    "unlisted": ("清单里没有 {item}", "{item} is not in the list"),
    "failed": (
        "{item} 还没写好：{detail}；请放平不动",
        "{item} is not written yet: {detail}; let it lie still",
    ),
    "lost": ("读写器没有应答：{detail}；正在重连", "the reader does not answer: {detail}; trying again"),
    "warning": ("  注意：{detail}", "  note: {detail}"),
    "unreadable": ("（无法识别）", "something that cannot be read"),
    "scan": ("请扫描图书条码：", "scan the book's number: "),
    "end": (
        "完成：写入 {written} 册，本来正确 {right_already} 册，此前已完成 {passed_over} 册",
        "done: {written} written, {right_already} right already, {passed_over} done before",
    ),
    "stopped": ("已停止。再次运行同一命令即从这里继续。", "stopped; run the same command to go on from here"),
}
"""What the person at the pad reads: Chinese, English."""
