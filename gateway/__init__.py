"""The Conversation Gateway: Sinch's Conversation API over gRPC, and its webhooks as a durable feed."""

__version__ = "0.1.0"
