"""What the simulator remembers, and the rules that keep it consistent."""
