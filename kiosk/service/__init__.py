"""Staff at the machine: card and PIN, then tests, counters, paper, the sign, tags, the end of the program."""
