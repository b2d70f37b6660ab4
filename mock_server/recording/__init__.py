"""Cassettes: what a service answered once, kept without keys and answered again."""
