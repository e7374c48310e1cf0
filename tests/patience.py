"""How long a test waits for what must come: a bound on a hang, never a promise of the gateway."""

PATIENCE_S = 60.0
