"""What people do: the registry of known activities, the events that were recorded, and their daily totals. It decides no award."""
