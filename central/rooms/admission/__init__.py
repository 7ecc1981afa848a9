"""Whom rooms admit: what each branch asks, cards of its staff, who is banned. Kiosks get it as the list `room`."""
