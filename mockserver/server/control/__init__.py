"""The control API of a running mock (`control.yaml` describes it), and the document of the contract."""
