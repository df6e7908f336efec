"""Adapters: sources of residents that the directory can stand on."""
