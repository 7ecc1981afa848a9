"""Who comes and goes."""
