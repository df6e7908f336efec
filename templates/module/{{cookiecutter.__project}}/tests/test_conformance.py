"""What every module must stand: isolation, permissions, audit, retries, headers, forged requests."""

from govkit.testing.module_suite import ModuleConformance


class TestConformance(ModuleConformance):
    module = "{{ cookiecutter.module_name }}"
    acts = frozenset({"{{ cookiecutter.module_name }}.add"})
