"""The ladder. A level follows total XP and nothing else; having reached one is recorded once and stays."""
