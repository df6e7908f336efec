"""Test kit: fixtures and conformance suites for applications, modules and adapters."""
