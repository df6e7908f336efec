"""Japanese form fields and widgets (WTForms and Jinja only)."""
