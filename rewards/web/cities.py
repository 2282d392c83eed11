"""Time zones by the names of their cities, as people write them."""

from rewards.people.zones import zone_names


def zone_of(typed: str) -> str:
    """The time zone of a city; what is no city stays as it is."""
    wanted = typed.strip().replace(" ", "_").casefold()
    fitting = [name for name in zone_names() if wanted in (name.casefold(), name.casefold().rpartition("/")[2])]
    # A zone has old names besides its own, such as US/Pacific; those of a continent and a city are longer.
    return max(fitting, key=lambda name: (name.casefold() == wanted, len(name), name), default=typed)
