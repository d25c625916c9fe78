"""Follow-up: what happens to a plan week by week: checks, meetings, comments, what is late, and the week's page."""
