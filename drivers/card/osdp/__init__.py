"""OSDP readers at doors: card, keypad, lamp and buzzer over an encrypted bus (IEC 60839-11-5)."""
