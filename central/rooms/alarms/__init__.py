"""Alarms of rooms and their life: raised, acknowledged, escalated, cleared, closed with a cause. Start with `models`."""
