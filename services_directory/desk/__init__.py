"""The verbs of the directory: the only writers."""
