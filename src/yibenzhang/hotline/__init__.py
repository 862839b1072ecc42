"""The hotline: who called again, which calls are of one matter, what rises beyond its usual number."""
