"""The open directory: what anybody may read over HTTP."""
