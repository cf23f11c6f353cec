"""World Mineral Statistics of the British Geological Survey: production by country since 1970."""
