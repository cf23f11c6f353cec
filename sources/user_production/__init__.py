"""A user's own tables of production, by a mapping file of their columns."""
