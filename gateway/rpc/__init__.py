"""The gRPC door: it speaks the contract and keeps no state."""
