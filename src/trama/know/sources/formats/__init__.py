"""The official layouts. Each module recognises one family of files and turns its rows into records."""
