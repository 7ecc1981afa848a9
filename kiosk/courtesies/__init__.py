"""What a kiosk does for people beside lending: slips, a goodbye, a call for help, spoken prompts. Start with `step`."""
