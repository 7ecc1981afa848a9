"""Relays behind Modbus as lights, power and sirens."""
