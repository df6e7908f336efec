"""Shared modules (共同開発モジュール), each one folder and one noun."""
