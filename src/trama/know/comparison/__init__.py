"""Comparison: up to five networks side by side, without a ranking."""
