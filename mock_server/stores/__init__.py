"""Where jobs are kept: in memory, in one SQLite file, or in Redis."""
