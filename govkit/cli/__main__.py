"""``python -m govkit.cli``."""

from govkit.cli import main

main()
