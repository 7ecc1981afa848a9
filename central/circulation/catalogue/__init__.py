"""The catalogue as people use it: in from other systems, out to them, and searched."""
