"""Drives Schemathesis: sends through its transport, adds to its checks and generators, and runs its phases.

Nothing outside this package knows Schemathesis. `hooks` registers with it when it is imported, and only then.
"""
