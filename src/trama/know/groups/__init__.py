"""Groups: the pages of territories: consortia, arrangements (ADE), forums and editions of a programme.

Members over time, side by side in alphabetical order, never ranked; sums only where sums mean something.
"""
