"""Settings, addresses and the command line: the wiring of one installation."""
