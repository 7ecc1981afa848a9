"""What kiosks show while nobody stands there: announcements, covers, and the answer to `wire.idle`."""
