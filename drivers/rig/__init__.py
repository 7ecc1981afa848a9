"""A room of emulated devices behind a page and an API: for trying things out and for tests."""
