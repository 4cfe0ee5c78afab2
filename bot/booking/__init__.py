"""The pages on which people book without a chat, also inside the city's own site."""
