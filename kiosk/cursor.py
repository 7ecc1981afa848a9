"""How far central has our facts, and which are to be sent next. Pure: `now_ms` is an argument.

    1 ······ acked ▒▒▒▒ sent ░░░░░░░░ head
             │      │                └ last fact of the journal
             │      └ last fact handed to the broker: a few batches await their watermark
             └ central's signed watermark, the only thing that moves it

No watermark for 10 s after the oldest batch, or after the last progress: everything above `acked` is
sent again, then after 20 s, 40 s, 60 s, each up to a quarter longer so that kiosks do not march in
step. Central's key absorbs what it had. A later epoch is taken as it stands, forwards or backwards.

How few is learnt anew after each `open`, so that a thousand kiosks which come back at once with a day's
facts do not bury the one that has something to tell now: one batch, one more with each prompt watermark
up to four, half of them after a slow one.

Central may have been restored from a backup while nobody looked, and a kiosk with nothing new to tell
would never learn of it. So the first batch after `open` begins with the last fact that central took:
who has it says so, who lacks it sees a gap and mints an epoch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

from wire.orders import Watermark

MAX_BATCHES = 4
"""Batches without a watermark at most: enough to hide a round trip, few enough to send again."""
PROMPT_MS = 1_000
"""A watermark that takes longer says that central has much to do."""
RESEND_MS = 10_000
RESEND_CAP_MS = 60_000
JITTER = 0.25
"""Longest addition to a wait, as a part of it."""


class Taken(StrEnum):
    """What became of a watermark."""

    MOVED = "moved"
    """It rose: central holds more than before."""
    SAME = "same"
    """It says what we knew."""
    REWOUND = "rewound"
    """A later epoch, taken as it stands: send again from here."""
    LOWER = "lower"
    """Lower within its epoch: refused."""
    EARLIER = "earlier"
    """Of an earlier epoch: refused."""
    ABOVE_HEAD = "above_head"
    """Of a fact that was never written: refused."""
    OTHER_JOURNAL = "other_journal"
    """Of another journal file: ignored."""
    FORKED = "forked"
    """Another machine writes this journal too: central takes none of it any more."""


HELD = frozenset({Taken.MOVED, Taken.SAME, Taken.REWOUND})
"""What central says that it holds, and is believed."""


def judge(watermark: Watermark, journal: str, epoch: int, acked: int, head: int) -> Taken:
    """What a watermark means to a journal with this id, epoch (0: none yet), watermark and last fact."""
    if watermark.journal != journal:
        return Taken.OTHER_JOURNAL
    if watermark.forked:
        return Taken.FORKED
    if watermark.epoch < epoch:
        return Taken.EARLIER
    if watermark.seq > head:
        return Taken.ABOVE_HEAD
    if watermark.epoch > epoch:
        return Taken.MOVED if epoch == 0 and watermark.seq > acked else Taken.REWOUND
    if watermark.seq == acked:
        return Taken.SAME
    return Taken.MOVED if watermark.seq > acked else Taken.LOWER


class Cursor:
    """See the picture above. All times are monotonic milliseconds."""

    def __init__(self, acked: int, head: int, jitter: Callable[[], float]) -> None:
        """A cursor that holds, until `open`.

        Args:
            acked: the journal's watermark.
            head: the journal's last fact.
            jitter: 0 to 1, asked at each wait.
        """
        self.acked = acked
        self.head = head
        self.sent = acked
        self._jitter = jitter
        self._open = False
        self._assured = False
        """Central has said since `open` how far it is."""
        self._batches: deque[tuple[int, int]] = deque()
        """Last seq of each batch that awaits its watermark, and when it was sent."""
        self.window = 1
        """Batches that may await theirs."""
        self._wait_ms = RESEND_MS
        self._due_ms = 0

    def open(self) -> None:
        """Broker and central are there. What was under way before counts as lost."""
        self._open = True
        self._assured = False
        self.window = 1
        self._wait_ms = RESEND_MS
        self._go_back()

    def hold(self) -> None:
        """One of them is away: nothing is sent."""
        self._open = False

    def next(self, now_ms: int) -> int | None:
        """Seq of the first fact to send now; None: nothing to send, or no leave to send it."""
        if not self._open:
            return None
        if self._batches and now_ms >= self._due_ms:
            self._wait_ms = min(self._wait_ms * 2, RESEND_CAP_MS)
            self.window = 1
            self._go_back()
        if self.sent >= self.head or len(self._batches) >= self.window:
            return None
        return self.sent + 1

    def sent_to(self, seq: int, now_ms: int) -> None:
        """A batch that ends with `seq` was handed to the broker."""
        if not self._batches:
            self._restart_timer(now_ms)
        self._batches.append((seq, now_ms))
        self.sent = seq

    def took(self, taken: Taken, watermark: Watermark, now_ms: int, *, fresh: bool = True) -> None:
        """A watermark was taken into the journal, with this result.

        Args:
            taken: what the journal made of it.
            watermark: as central signed it.
            now_ms: monotonic.
            fresh: said just now; False: retained by the broker, so said before our question.
        """
        if taken not in HELD or (taken is Taken.SAME and not fresh):
            return
        self.acked = watermark.seq
        self._assured = self._assured or fresh
        if taken is Taken.REWOUND or not fresh:
            self._wait_ms = RESEND_MS
            self._go_back()
            return
        self.sent = max(self.sent, self.acked)
        while self._batches and self._batches[0][0] <= self.acked:
            _, sent_ms = self._batches.popleft()
            prompt = now_ms - sent_ms <= PROMPT_MS
            self.window = min(self.window + 1, MAX_BATCHES) if prompt else max(self.window // 2, 1)
        if taken is Taken.MOVED:
            self._wait_ms = RESEND_MS
            self._restart_timer(now_ms)

    def wait_ms(self, now_ms: int) -> int | None:
        """How long until `next` may answer otherwise by time alone; None: time alone changes nothing."""
        if not self._open or not self._batches:
            return None
        return max(self._due_ms - now_ms, 0)

    def _go_back(self) -> None:
        self._batches.clear()
        self.sent = self.acked if self._assured else max(self.acked - 1, 0)

    def _restart_timer(self, now_ms: int) -> None:
        self._due_ms = now_ms + int(self._wait_ms * (1 + JITTER * self._jitter()))
