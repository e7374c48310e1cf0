"""Outbound: one call of the API on a caller's behalf, within the caller's deadline."""
