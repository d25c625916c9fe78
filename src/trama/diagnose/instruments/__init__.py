"""Instruments: what is asked in a self-diagnosis.

A version holds dimensions, areas and criteria; each criterion has one question and four levels described by observable
practice. A published version never changes; a new one keeps the criterion's ``key``, so that rounds can be compared.
"""
