"""Codes on readers' phones, that live for a minute: our own, and a site's by plug-in."""
