"""Figures for people. It only asks, of rollups and balances and never of every transfer, and the ledger bears each figure out."""
