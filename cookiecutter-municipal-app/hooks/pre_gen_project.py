"""Checks the answers; changes nothing."""

import re
import sys

SLUG = {{ cookiecutter.project_slug | tojson }}
TEXTS = {
    "サービス名": {{ cookiecutter.project_name | tojson }},
    "問い合わせ先": {{ cookiecutter.contact | tojson }},
}

problems = [
    f"{label}に改行・引用符・山かっこ・円記号は使えません。"
    for label, text in TEXTS.items()
    if re.search(r"[\x00-\x1f\"'<>{}\\]", text)
]
problems += [f"{label}を指定してください。" for label, text in TEXTS.items() if not text.strip()]
if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", SLUG):
    problems.append(
        "名前は英小文字で始め、英小文字・数字・ハイフンだけにしてください（例：tachikawa-app）。"
    )
for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(1 if problems else 0)
