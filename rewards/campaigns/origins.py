"""Where somebody joined from, as no more than a mark: enough to know the same place again, and to know nothing else."""

from ipaddress import AddressValueError, IPv6Address

from rewards.kit.tokens import token_from

NETWORK_BITS = 64


def network_mark(address: str) -> str:
    """The mark of a remote address; whoever has an IPv6 address has its whole network. Empty where it is unknown."""
    if not address:
        return ""
    try:
        whole = IPv6Address(address)
    except AddressValueError:
        return token_from("campaign network", address)
    if whole.ipv4_mapped:
        return token_from("campaign network", str(whole.ipv4_mapped))
    return token_from("campaign network", str(int(whole) >> NETWORK_BITS))


def device_mark(device: str) -> str:
    """The mark of what a browser carries to be known again. Empty where it carries nothing."""
    return token_from("campaign device", device) if device else ""


def erased_mark(mailbox: str) -> str:
    """What stays of a mailbox whose owner's data was erased: nobody can read it, and the same mailbox has the same."""
    return f"erased:{token_from('campaign mailbox', mailbox)}"
