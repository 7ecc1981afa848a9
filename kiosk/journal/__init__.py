"""The kiosk's journal: everything that must survive the next second, in one SQLite file.

- What `append` returned for is on disk (WAL, synchronous=FULL): kill -9 or a power cut loses nothing of it.
- One call is one transaction: facts, intents, remembered values and taken orders stand or fall together.
- Facts are numbered from 1 without gaps; a number is never used twice. They stay below the watermark too.
- Any thread may call; one lock, no call waits for anything but the disk.
- Disk full, read-only, or newer than this program: `JournalFailed`, and nothing was written.
- An outcome without its intent, a second one, or an order taken twice is our mistake: `Contradiction`.
"""

from kiosk.journal.database import Contradiction, JournalDamaged, JournalFailed
from kiosk.journal.intents import Intent
from kiosk.journal.journal import Entry, Journal
from kiosk.journal.rows import Row

__all__ = ["Contradiction", "Entry", "Intent", "Journal", "JournalDamaged", "JournalFailed", "Row"]
