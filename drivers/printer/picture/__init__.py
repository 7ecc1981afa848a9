"""Text as a picture, for scripts that a printer's own character generator does not hold."""
