"""What a reader does besides laying books down. Start with `table`."""
