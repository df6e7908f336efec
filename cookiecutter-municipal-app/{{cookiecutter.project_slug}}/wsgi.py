"""本番のサーバーの入口です。例：gunicorn --workers 4 wsgi:app"""

from govkit.base.app import create_app
from govkit.base.logs import write_json_lines

write_json_lines()
app = create_app()
