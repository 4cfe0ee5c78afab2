"""The wires: each turns what arrives into a message and lays out what leaves."""
