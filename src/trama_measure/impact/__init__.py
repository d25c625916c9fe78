"""Impact: did a programme change anything, and how sure can one be."""
