"""Errors planted one at a time into documents without errors, to measure what the checker finds."""
