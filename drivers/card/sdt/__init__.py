"""Identity cards (二代身份证) by an SDT reader with a SAM_V module."""
