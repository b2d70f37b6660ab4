"""How a program that was told of nothing is led to the mock."""
