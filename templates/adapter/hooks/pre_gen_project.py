"""Checks the answers; changes nothing."""

import re
import sys

NAME = {{ cookiecutter.adapter_name | tojson }}
TITLE = {{ cookiecutter.title | tojson }}

problems = []
if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", NAME) or len(NAME) > 30:
    problems.append(
        "名前は英小文字で始め、英小文字・数字・下線だけの30文字以内にしてください（例：city_register）。"
    )
if not TITLE.strip() or re.search(r"[\x00-\x1f\"'<>{}\\]", TITLE):
    problems.append("説明に、空や、改行・引用符・山かっこ・円記号は使えません。")
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
