"""Security gates: who carries a book out that is not lent."""
