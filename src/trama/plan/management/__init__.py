"""Commands of the phase."""
