"""A network of book rooms on one machine: real processes, real lines, emulated devices."""
