"""What a room switches."""
