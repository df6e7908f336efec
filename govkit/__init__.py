"""govkit: the kit with which Japanese municipalities write their software together.

Layers, each usable without the ones above it: :mod:`govkit.jp`, :mod:`govkit.formats`,
:mod:`govkit.forms`, :mod:`govkit.residents`, :mod:`govkit.base`, :mod:`govkit.modules`.
"""

__version__ = "0.1.0"
