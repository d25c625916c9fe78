"""A small Django app of the tests: jobs that can be watched and killed in processes of their own."""
