"""What every generated client runs on: hand-written once, the same for each provider.

A client is imported in the time that httpx takes. So its modules are imported one by
one, and those that need pydantic when a model is first used.
"""
