"""A provider to try payments with: it takes no money. On loopback alone, and never beside a real one."""
