"""Door units: the lock, its contacts and buttons, and the people counter behind one address."""
