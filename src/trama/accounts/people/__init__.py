"""People: the account of a person, known by e-mail."""
