"""What every module of the project must stand, as one class to derive a test from.

::

    from govkit.testing.module_suite import ModuleConformance

    class TestLending(ModuleConformance):
        module = "lending"

The derived class inherits the checks of isolation, permissions, audit, retries, headers and
forged requests for every table and every route of the module.
"""

from govkit.testing.module_suite.suite import ModuleConformance

__all__ = ["ModuleConformance"]
