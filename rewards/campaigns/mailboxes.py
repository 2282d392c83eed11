"""What stands behind an address: the mailbox that reads it, and whether that is one that nobody keeps."""

# A tag after a plus is the reader's own everywhere; dots are ignored by these.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}

# A list of our own: services that lend an address to anybody for minutes, as they call themselves. It is short on purpose. The long
# lists that are shared on the web also name providers that people keep for years, and what is flagged here costs a coach a decision.
NAMES = """
10minutemail.com 10minutemail.net 20minutemail.com 33mail.com anonbox.net burnermail.io byom.de discard.email
discardmail.com discardmail.de dispostable.com dropmail.me emailondeck.com fakeinbox.com fakemail.net getairmail.com
getnada.com grr.la guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.info guerrillamail.net
guerrillamail.org guerrillamailblock.com harakirimail.com inboxkitten.com incognitomail.org jetable.org kurzepost.de
mail-temp.com mail.tm mailcatch.com maildrop.cc mailexpire.com mailinator.com mailinator.net mailnesia.com mailnull.com
mailpoof.com mailsac.com minutemail.com moakt.com mohmal.com mytemp.email mytrashmail.com nada.email one-time.email
owlymail.com sharklasers.com spam4.me spambog.com spambox.us spamgourmet.com temp-mail.io temp-mail.org tempail.com
tempinbox.com tempmail.com tempmail.net tempmailo.com tempr.email throwaway.email throwawaymail.com trash-mail.com
trash-mail.de trashmail.com trashmail.de trashmail.net wegwerfemail.de wegwerfmail.de yopmail.com yopmail.fr yopmail.net
zeroinbox.com
"""
DISPOSABLE = frozenset(NAMES.split())


def mailbox_of(address: str) -> str:
    """The mailbox of a folded address: without the tag after a plus, and without what its provider ignores."""
    local, _, domain = address.rpartition("@")
    name = local.partition("+")[0] or local
    if domain in DOTLESS:
        name, domain = name.replace(".", "") or name, DOTLESS[domain]
    return f"{name}@{domain}"


def is_disposable(address: str) -> bool:
    """Whether its domain, or one above it, lends addresses for minutes."""
    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[first:]) in DISPOSABLE for first in range(len(labels) - 1))
