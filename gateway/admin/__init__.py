"""The admin door: probes and metrics, nothing that changes anything."""
