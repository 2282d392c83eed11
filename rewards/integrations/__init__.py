"""Other systems: the services that may call us, their keys, and the answers we owe them again. It knows nothing of HTTP."""
