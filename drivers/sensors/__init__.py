"""What a room measures and watches."""
