"""The kiosk daemon: one queue of events, one thread that takes them, effects out."""
