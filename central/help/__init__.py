"""The duty desk: who calls for help at which kiosk, and what is said there and back."""
