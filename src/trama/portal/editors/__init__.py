"""Who edits the site: the programme's people, as authors, editors or moderators."""
