"""Gathers the models of the rooms."""
