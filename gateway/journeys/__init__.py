"""Calls that need both halves: what goes out is joined with what comes back."""
