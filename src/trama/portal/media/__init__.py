"""Pictures and documents that editors upload: what is accepted, what must be said of it, and how it goes out."""
