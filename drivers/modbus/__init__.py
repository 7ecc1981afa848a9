"""Modbus: units on a line that they may share, and points of a register map that is configuration."""
