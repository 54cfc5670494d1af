"""What people see of a run: a transcript in the terminal, JUnit, a page of its own, and what changed between two runs.

Knows: results. Does not know: how a dialogue is played.
"""
