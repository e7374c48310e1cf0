"""What the gateway remembers: the event log and its named subscriptions, on an embedded database."""
