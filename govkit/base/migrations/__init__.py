"""Migrations of the base."""
