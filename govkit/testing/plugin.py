"""Pytest plugin of govkit."""
