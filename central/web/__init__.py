"""What every page of central stands on: access, language, streams."""
