"""The page on which people search the directory without a chat."""
