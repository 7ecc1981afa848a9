"""The kiosk's journal: everything that must survive the next second, in one SQLite file.

- What `append` returned for is on disk (WAL, synchronous=FULL): kill -9 or a power cut loses nothing of it.
- One call is one transaction: facts, intents, remembered values and taken orders stand or fall together.
- Facts are numbered from 1 without gaps; a number is never used twice. They stay below the watermark too.
- Any thread may call; one lock, no call waits for anything but the disk.
- Bounded: what is too much for the bounds is counted and told; what central has had for long is deleted.
- Checked when read: a damaged file is set aside at the next start and what can be read is carried over.
- Disk full, read-only, or newer than this program: `JournalFailed`, and nothing was written.
- An outcome without its intent, a second one, or an order taken twice is our mistake: `Contradiction`.
"""

from kiosk.journal.bounds import Level, Standing
from kiosk.journal.database import Contradiction, JournalDamaged, JournalFailed, JournalTooNew
from kiosk.journal.intents import Intent
from kiosk.journal.journal import Elder, Entry, Journal
from kiosk.journal.rows import LOOK_BACK, Row

__all__ = [
    "LOOK_BACK",
    "Contradiction",
    "Elder",
    "Entry",
    "Intent",
    "Journal",
    "JournalDamaged",
    "JournalFailed",
    "JournalTooNew",
    "Level",
    "Row",
    "Standing",
]
