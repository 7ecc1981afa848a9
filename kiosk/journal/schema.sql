-- The kiosk's journal, version 4. Applied once to a new file, in one transaction.

CREATE TABLE journal (                      -- of itself; one row
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,                       -- 32 hexadecimal digits, never another
    epoch INTEGER NOT NULL,                 -- of the watermark; 0 before the first
    watermark INTEGER NOT NULL,             -- central holds the facts up to this seq
    session INTEGER NOT NULL,               -- number of the last connection to the broker
    before TEXT NOT NULL,                   -- id of the journal in whose place this one was made
    why TEXT NOT NULL,                      -- why that one was set aside
    lost INTEGER NOT NULL,                  -- facts dropped since the journal is full, not told yet
    forked INTEGER NOT NULL,                -- 1: another machine writes this journal too
    crc INTEGER NOT NULL                    -- CRC-32 over all of the row
) STRICT;

CREATE TABLE passed (                       -- when, by central's clock, it held how much; hourly
    central_ms INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE fact (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- from 1, no gaps, never used twice
    wall_ms INTEGER NOT NULL,               -- since 1970 UTC by the kiosk's clock
    mono_ms INTEGER NOT NULL,               -- since the boot that `boot` names
    boot TEXT NOT NULL,
    clock_set INTEGER NOT NULL,             -- 1: the clock had been set
    fact TEXT NOT NULL,                     -- JSON, as it goes to central
    crc INTEGER NOT NULL                    -- CRC-32 over all of the row
) STRICT;

CREATE TABLE intent (                       -- asked of the ILS, no outcome yet
    txn TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('loan', 'return', 'register')),
    item TEXT NOT NULL,                     -- empty for a registration
    reader TEXT NOT NULL,                   -- pseudonym; empty for a return
    card BLOB,                              -- nonce, then AES-256-GCM of the card's number, bound to txn
    seq INTEGER NOT NULL,                   -- of the fact that asked; orders them
    owed INTEGER NOT NULL DEFAULT 0,        -- 1: recorded as owed; 2: and its tag read as lent; negative: to be again
    granted INTEGER NOT NULL DEFAULT 0,     -- 1: the book has changed hands by the kiosk's own rule
    at_ms INTEGER NOT NULL DEFAULT 0,       -- wall clock of the latest fact about it
    due TEXT NOT NULL DEFAULT '',           -- as the reader was told
    reader_type TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    call_number TEXT NOT NULL DEFAULT '',
    boot TEXT NOT NULL DEFAULT '',          -- of that fact
    mono_ms INTEGER NOT NULL DEFAULT 0      -- of that fact
) STRICT;

CREATE TABLE payment (                      -- begun by a reader, no outcome yet
    txn TEXT PRIMARY KEY,
    reader TEXT NOT NULL,                   -- pseudonym
    card BLOB,                              -- as in intent
    amount_fen INTEGER NOT NULL,
    fee TEXT NOT NULL,                      -- number of the one that is paid; empty: all
    seq INTEGER NOT NULL,                   -- of the fact that wanted it; orders them
    at_ms INTEGER NOT NULL,                 -- wall clock of that fact, or of the money
    dropped INTEGER NOT NULL DEFAULT 0,     -- 1: nobody waits for it
    provider_id TEXT NOT NULL DEFAULT ''    -- of the money; empty: none has come
) STRICT;

CREATE TABLE taken_order (                  -- never carried out again
    number INTEGER PRIMARY KEY,
    body TEXT NOT NULL,                     -- JSON of the order
    answered INTEGER NOT NULL DEFAULT 0     -- 1: a fact says what became of it
) STRICT;

CREATE TABLE memory (                       -- small values kept in step with the facts
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
