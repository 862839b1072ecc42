"""Real documents, where they are at hand; skipped where not."""
