"""Other systems: the services that may call us, their keys, and the answers we owe them again. Of HTTP it knows the numbers."""
