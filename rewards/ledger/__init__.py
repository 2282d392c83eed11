"""The only place where amounts move. Per asset the sum over all accounts is 0, always; it knows who owns an account, never why."""
