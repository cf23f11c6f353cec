"""USGS Mineral Commodity Summaries: world production, US salient statistics, import sources."""
