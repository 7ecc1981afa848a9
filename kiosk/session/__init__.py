"""The reader at the desk. Start with `table`."""
