"""English of the pages: read outside the United States, by people whose other page is Portuguese."""
