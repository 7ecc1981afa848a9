"""What crosses between kiosk and central: facts, conditions, orders, topics, faults; and SIP2.

Pure: no I/O, no threads, no clock, no logging; `wire.faults` alone reads its own package data.
"""
