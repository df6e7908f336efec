"""どのモジュールも守ること：団体の分離、権限、記録、二重送信、応答の見出し、なりすましの拒否。"""

from govkit.testing.module_suite import ModuleConformance


class TestAnnouncements(ModuleConformance):
    module = "announcements:module"
    acts = frozenset({"announcements.post"})
