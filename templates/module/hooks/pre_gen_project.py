"""Checks the answers; changes nothing."""

import re
import sys

NAME = {{ cookiecutter.module_name | tojson }}
TITLE = {{ cookiecutter.title | tojson }}
TAKEN = {"base", "govkit", "health", "login", "logout", "static"}

problems = []
if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", NAME) or len(NAME) > 30:
    problems.append(
        "名前は英小文字で始め、英小文字・数字・下線だけの30文字以内にしてください（例：lending）。"
    )
if NAME in TAKEN:
    problems.append(f"「{NAME}」は govkit が使っています。別の名前にしてください。")
if not TITLE.strip() or re.search(r"[\x00-\x1f\"'<>{}\\]", TITLE):
    problems.append("画面に出す名前に、空や、改行・引用符・山かっこ・円記号は使えません。")
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
