"""Lines: the ways by which bytes travel. One outside library a file."""
