"""What this process was started with, for work that no request brings: jobs send mail and sign links without anybody asking."""

from rewards.kit.settings import Settings

_settings: Settings | None = None


def install(settings: Settings | None) -> None:
    """From now on these settings hold for the whole process; None forgets them."""
    global _settings
    _settings = settings


def settings_in_force() -> Settings:
    """The settings that hold."""
    if _settings is None:
        raise RuntimeError("no settings are in force: call install() where the process begins")
    return _settings
