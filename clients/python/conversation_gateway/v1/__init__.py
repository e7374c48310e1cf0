"""Messages and stubs of the contract `conversation_gateway.v1`, generated from `proto/` by `make proto`."""
