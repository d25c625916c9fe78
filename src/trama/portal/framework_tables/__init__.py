"""The tables of the framework of the public site, as they are now (decision 0161)."""
