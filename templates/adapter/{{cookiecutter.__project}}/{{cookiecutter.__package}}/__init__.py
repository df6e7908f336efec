"""{{ cookiecutter.title }}."""

from {{ cookiecutter.__package }}.source import {{ cookiecutter.__class }}

__all__ = ["{{ cookiecutter.__class }}"]
