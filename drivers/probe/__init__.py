"""`shuwu-probe`: what is plugged in, what it says, and what the tags say."""
