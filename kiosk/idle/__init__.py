"""What the screen shows while nobody stands there: fetched from central, kept, and shown also without a line."""
