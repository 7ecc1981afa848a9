"""Two-way people counters behind Modbus registers."""
