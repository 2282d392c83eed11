"""The command line: says in words and exit codes what the packages below say in values. It decides nothing."""
