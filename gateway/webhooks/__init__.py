"""The door for Sinch's webhooks: verify, name the event, make it durable, answer."""
