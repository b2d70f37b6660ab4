from hypothesis import settings

# The same cases everywhere, and none that fails because its machine was busy.
settings.load_profile("ci")
