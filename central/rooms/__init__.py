"""What the 24-hour rooms of the network are told, and what they tell: their alarms, their hours, who is admitted."""
