"""本番のサーバーの入口です。例：gunicorn --workers 4 wsgi:app"""

from govkit.base.app import create_app

app = create_app()
