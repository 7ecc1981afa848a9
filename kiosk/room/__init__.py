"""The 24-hour room. Leaving never depends on software. Start with `table`."""
