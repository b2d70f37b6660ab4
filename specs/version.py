"""The version of this distribution; to ask its metadata takes 10 ms."""

VERSION = "0.1.0"
