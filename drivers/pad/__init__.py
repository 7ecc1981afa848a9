"""RFID pads: one folder a protocol, and what all of them share."""
