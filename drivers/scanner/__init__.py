"""Serial and USB-CDC scanners: whatever sends a card's or a code's text and an end of line."""
