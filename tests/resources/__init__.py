"""The account of resources."""
