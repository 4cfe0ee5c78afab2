"""What is said and asked, in which order."""
