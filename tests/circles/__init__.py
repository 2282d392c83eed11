"""Tests of rewards/circles."""
