"""Devices and tags: bytes in, events out. Knows nothing of readers, loans or MQTT."""
