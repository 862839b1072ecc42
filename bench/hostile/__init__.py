"""Hostile inputs made here: what a file from a stranger can do to a program that reads it."""
