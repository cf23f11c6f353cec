"""The World Bank's Worldwide Governance Indicators."""
