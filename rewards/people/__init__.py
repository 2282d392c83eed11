"""Who uses the desk: users with a role, a coach and a time zone, and their sessions. It knows nothing of what anybody earns."""
