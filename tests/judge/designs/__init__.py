"""Small servers that page in ways of their own, each with its contract: correct ones, and faulty ones.

Each module declares designs of one topic with a `Designs` of its own; `test_designs` judges all of them in process.
"""
