"""What arrives and what leaves: channels, routing, wiring."""
