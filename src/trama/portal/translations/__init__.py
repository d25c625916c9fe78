"""Translations that editors still owe: pages without their other language or older than it, and texts of courses."""
