"""Home: what Trama is in two sentences, the search, the country in a few figures, the states, the open calls."""
