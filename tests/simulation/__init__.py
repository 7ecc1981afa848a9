"""Rooms, a broker, central, a library system and people, driven by one seed and one clock.

What runs is the real thing wherever it decides: the kiosk's tables, loop, journal, cursor, downlink and
its questions to the library system; central's reading, storing and tallies on SQLite. What only carries
bytes or wears hardware is simulated: devices, the lines, the broker, the library system, power and people.

    timeline    the one clock; everything that happens is an action at a time
    broker      loses, doubles, delays and reorders; is away, is wiped; keeps what is retained
    kiosk       a machine: disk, power, cables
    program     one run of its program, from its start to its end
    disk        its journal, whose power may go before, inside and after a commit
    uplink      the real uplink with its thread taken out
    terminal    a conversation with the library system, as `kiosk.ils` keeps one
    library     the library system: silent, late, refusing
    loans       who has which book, and had it when
    swift       signatures at no cost
    pad, unit   tags that come, go and resist; a door, its contacts and counters
    central     the ingest: groups, commits, watermarks, orders; killed, restored from a backup
    lists       what staff deny, keep, allow and open, from their desk to each kiosk
    rules       by what people are judged: hours, what a room asks, who may become a reader
    people      readers who visit
    newcomers   people who become readers, by their identity card
    duty        staff at the machine, and the sign that they put up
    pins        looks at their PIN
    furniture   books and readers at the beginning
    fate        what goes wrong, how often and when
    faults      what goes wrong, as two tables
    quiet       what goes wrong while all else is right: disks put back and cloned, boards, central's clock
    chronicle   every fact that was ever on a kiosk's disk
    holdings    every fact that central has
    records     the two, compared
    audit       what must hold while it runs
    promises    what must hold when it is quiet
    presence    the same of persons and doors
    conduct     the same of new readers and of staff at the machine
    rulings     the same of what was decided, against the lists in force
    vigil       what must hold of these while it runs
    sabotage    known mistakes, to prove that promises are looked at
    world       all of it together, for one seed

To join: a device gets a file beside `pad` and a verb of `people` that uses it; a fault gets a row in
`faults.OWN` or `faults.SHARED` or a function in `quiet.QUIET`; a promise gets a function in `promises.PROMISES`.
"""
