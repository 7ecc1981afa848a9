"""The library's own desk: pages on which staff look after readers, items, loans, money and rules."""
