"""What people can unlock, by hand or by what they did; each once. It reads a person's standing and never moves an amount."""
