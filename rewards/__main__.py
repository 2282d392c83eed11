"""`python -m rewards` is the same as the `laurel` command."""

from rewards.cli.commands import main

main()
