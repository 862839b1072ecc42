"""The case files of the rules, the shipped examples and planted errors."""
