"""What the rooms are like inside: temperature, humidity, light; what their cabinets have disinfected."""
