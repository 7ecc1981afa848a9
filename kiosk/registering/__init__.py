"""Somebody becomes a reader at the desk (办证). The table is the page to read first."""
