"""A model that lies, its server that fails, and the search for what got out. See `campaign.run`."""
