"""What was meant: language, intent, entities."""
