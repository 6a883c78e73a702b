"""The control API of a running mock, as control.yaml describes it."""
