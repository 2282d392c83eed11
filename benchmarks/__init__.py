"""Speed as ratios: each benchmark measures us and a plain reference in one run, and checks what was computed before it trusts the time."""
