"""Contactless cards by a PC/SC reader: UID, a MIFARE Classic sector, ATS."""
