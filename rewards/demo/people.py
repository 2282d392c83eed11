"""Who is there to look around with: an admin, two coaches, and a dozen clients in as many places, each with habits of their own."""

from dataclasses import dataclass

DOMAIN = "laurel.example"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who runs the desk."""

    name: str
    role: str
    timezone: str

    @property
    def email(self) -> str:
        """Their address, which reaches nobody."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who earns, and how likely each deed is on one of their days (1: every day)."""

    name: str
    coach: str
    timezone: str
    checkin: float = 0.0
    workout: float = 0.0
    meals: int = 0
    quiz: float = 0.0
    recycling: float = 0.0
    meditation: float = 0.0
    feedback: float = 0.0
    # Days of the story, counted from its first one: when they came, when they stopped, and when they were away.
    joins: int = 0
    leaves: int | None = None
    away: tuple[tuple[int, int], ...] = ()

    @property
    def email(self) -> str:
        """Their address, which reaches nobody."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"

    def is_there(self, day_number: int) -> bool:
        """Whether they do anything at all on that day of the story."""
        if day_number < self.joins or (self.leaves is not None and day_number >= self.leaves):
            return False
        return not any(first <= day_number <= last for first, last in self.away)


ADMIN = Staff("Nadia Karim", "admin", "Europe/Berlin")
COACHES = (Staff("Tomas Rivera", "coach", "Europe/Lisbon"), Staff("Ingrid Solberg", "coach", "Europe/Oslo"))
CLIENTS = (
    # Never misses a day: both streak bonuses, again and again.
    Client("Mira Vogel", COACHES[0].email, "Europe/Berlin", checkin=1, workout=0.35, meals=1),
    # Trains hard, checks in when she thinks of it.
    Client("Alice Moreau", COACHES[0].email, "Europe/Paris", checkin=0.6, workout=0.75, meals=2),
    # A long run, a holiday, and a new run.
    Client("Bruno Costa", COACHES[0].email, "America/Sao_Paulo", checkin=0.97, workout=0.4, meals=1, away=((41, 50),)),
    # Learns at night, and more than is paid for.
    Client("Chandra Rai", COACHES[0].email, "Asia/Kathmandu", checkin=0.7, quiz=0.45, meditation=0.4),
    # Recycles for the whole street.
    Client("Dorothy Hale", COACHES[0].email, "America/New_York", checkin=0.5, recycling=0.3, meals=1, feedback=0.1),
    # Weekends only, nearly.
    Client("Emeka Obi", COACHES[0].email, "Africa/Lagos", checkin=0.25, workout=0.3),
    Client("Farah Nasser", COACHES[1].email, "Asia/Dubai", checkin=0.85, workout=0.45, meals=2, meditation=0.3),
    # Began well and stopped.
    Client("Gustav Lind", COACHES[1].email, "Europe/Stockholm", checkin=0.8, workout=0.5, leaves=62),
    # Came ten days ago.
    Client("Hana Sato", COACHES[1].email, "Asia/Tokyo", checkin=1, workout=0.5, meals=2, joins=80),
    # Came in the middle, with a gap.
    Client("Iris Walker", COACHES[1].email, "Australia/Sydney", checkin=0.9, meals=3, meditation=0.5, joins=38, away=((60, 64),)),
    Client("Jonas Keller", COACHES[1].email, "Europe/Zurich", checkin=0.4, workout=0.2, quiz=0.1, feedback=0.2),
    # Has only just been invited.
    Client("Kira Novak", COACHES[1].email, "America/Los_Angeles", checkin=0.6, joins=89),
)
