"""Portal: the public site. Home, about, help."""
