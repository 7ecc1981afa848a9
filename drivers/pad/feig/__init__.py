"""FEIG OBID i-scan and classic-pro readers in ISO host mode, by the manuals H60301-3e, H01113-4e and H20800-16e."""
