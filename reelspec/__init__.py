"""The command line: it parses and prints, and owns no logic."""
