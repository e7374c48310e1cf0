"""What an operator sees: logs and metrics, with nothing private in them."""
