"""Sphinx: Japanese documentation whose tables of facts are made from the code."""

import sys
from pathlib import Path

from govkit import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "govkit"
author = "govkit contributors"
version = release = __version__
language = "ja"
extensions = ["myst_parser", "govkit_docs"]
exclude_patterns = ["_build", "_ext"]
html_static_path = ["_static"]
html_css_files = ["gallery.css"]
html_js_files = ["live.js"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "govkit の手引き"
html_show_sphinx = False
html_copy_source = False
nitpicky = True
