"""Search: find any state, municipality, network, school or group as one types, accents and slips forgiven.

The index lives in the memory of each process and is built from the database: a sorted vocabulary of words with, for
each word, the things whose name holds it. A query word matches by whole word, by beginning, or, where those find
little, by closeness in spelling. docs/decisions/0070-search.md says why.
"""
