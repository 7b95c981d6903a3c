"""People, records and a synthetic year for a demonstration, and how to end it."""
