"""Cards and codes: PC/SC readers, identity cards, a site's own codes."""
