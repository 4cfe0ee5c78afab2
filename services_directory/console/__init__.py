"""The operators' and staff's web console."""
