"""How tables become prose: printed tables, sentence patterns, charts, the figures behind numbers.

What the yearly report and the bulletins share; it depends on neither of them.
"""
