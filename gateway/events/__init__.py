"""The inbound half: the durable log read as a resumable feed."""
