"""US Census: what the United States declare as imports, by HS10 product and partner."""
