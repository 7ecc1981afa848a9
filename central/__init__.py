"""The central server: facts in, rows and pages out."""
