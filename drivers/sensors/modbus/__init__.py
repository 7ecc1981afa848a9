"""Sensors and contacts behind Modbus registers, their map given by configuration."""
