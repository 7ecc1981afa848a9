"""The voice of a room: chimes, recordings, spoken prompts."""
