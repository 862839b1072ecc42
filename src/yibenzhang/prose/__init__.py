"""Sentences about money read as claims and bound to the numbers of the tables."""
