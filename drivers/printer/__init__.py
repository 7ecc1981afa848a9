"""Printers: slips in, paper out."""
