"""Sources: the official files, read as published.

A *format* (``formats/``) recognises a layout and turns its rows into records; it knows no database. An *import*
stages the records of a file, reports every rejected row and publishes the release whole, or leaves no trace. The raw
file is kept with its hash. Missing never becomes zero.
"""
