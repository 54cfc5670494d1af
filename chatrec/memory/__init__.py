"""The memory room: what of a person's past matters for what they ask now."""
