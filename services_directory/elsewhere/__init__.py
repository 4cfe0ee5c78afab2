"""Calendars that other systems keep: what is asked of them, and an adapter for each."""
