"""Settings: ``embedded`` (default: a laptop), ``production`` (PostgreSQL, several workers), ``test``."""
