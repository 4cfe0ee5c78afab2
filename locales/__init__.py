"""Words that are not yet in a language, and how they get into one."""
