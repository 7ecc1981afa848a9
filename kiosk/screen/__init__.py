"""What readers see and touch. Start with `view`: the session as a page, pure."""
