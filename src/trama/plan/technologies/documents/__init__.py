"""Documents of a technology: Markdown becomes DOCX and PDF, the description of a spreadsheet becomes XLSX.

``markdown`` and ``workbook`` read and check; ``docx``, ``pdf`` and ``xlsx`` write; ``files`` names and gathers.
Nothing here reads the database or the clock: the same text always gives the same bytes.
"""
