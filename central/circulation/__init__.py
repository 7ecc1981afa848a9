"""Readers, items and loans: the built-in ledger, the SIP2 server in front of it, and what kiosks still owe."""
