"""The worked example of docs/devices/writing-a-driver.md: a light barrier that nobody makes."""
