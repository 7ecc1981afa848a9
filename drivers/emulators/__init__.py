"""Devices as bytes: one emulator beside each driver, with its device's timing. Never imported at run time."""
