"""Pages that hardly change: about Trama, privacy, accessibility."""
