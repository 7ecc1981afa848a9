"""What library tags say: octets of a tag's memory in, `TagContent` out. Pure."""
