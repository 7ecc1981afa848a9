"""A door made of a relay and input board, its register map and wiring given by configuration."""
