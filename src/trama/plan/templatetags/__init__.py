"""Template tags of the phase."""
