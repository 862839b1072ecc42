"""Promises measured instead of asserted."""
