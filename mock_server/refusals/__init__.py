"""Why a request is refused, and in whose words."""
