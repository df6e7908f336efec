"""What can be wrong in the definition of a form: every problem with file, line and key."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from govkit.errors import InvalidInput, Problem
from govkit.forms.definition_lines import KeyPath, find_lines
from govkit.jp.text import fold_width

__all__ = ["TEXTS", "Report", "read_toml", "suggest"]

TEXTS: Final[Mapping[str, str]] = {
    "not_utf8": "文字コードがUTF-8ではありません。UTF-8で保存し直してください。",
    "full_width_sign": "全角の「{sign}」があります。半角の「{right}」に直してください。",
    "open_text": "引用符（{quote}）が閉じていません。文の終わりにも同じ引用符を書いてください。",
    "open_list": "角かっこ [ が閉じていません。終わりに ] を書き、値の間はコンマで区切ってください。",
    "written_twice": "同じキーが二度書かれています。どちらかを消してください。",
    "opened_twice": "同じ見出しが二度書かれています。項目を続けて書くときは [[field]] のように二重のかっこにしてください。",
    "japanese_key": "キーは英字で書きます。日本語は = の右側に、引用符で囲んで書いてください。",
    "no_value": "「キー = 値」の形で書いてください。文は引用符（\"）で囲みます。",
    "not_toml": "TOMLの書き方に合いません。この行と前の行の引用符・かっこ・コンマを確かめてください。",
    "unknown_key": "このキーはありません。つづりを確かめるか、消してください。",
    "unknown_key_near": "このキーはありません。「{near}」と書くところではありませんか。",
    "missing_key": "「{key}」がありません。書き加えてください（{title}）。",
    "key_not_for_type": "種類「{type}」の項目には使えないキーです。消すか、種類を確かめてください。",
    "wrong_text": "文を引用符（\"）で囲んで書いてください。",
    "blank_text": "文が空です。書くか、このキーを消してください。",
    "wrong_yes_no": "true か false を、引用符で囲まずに書いてください。",
    "wrong_whole": "0以上の整数を、引用符で囲まずに書いてください。",
    "wrong_limit": "数か日付（例：2026-04-01）を、引用符で囲まずに書いてください。",
    "wrong_ids": "[\"name\", \"birth\"] のように、引用符で囲んだものをコンマで区切って書いてください。",
    "wrong_choices": "選択肢は [field.choices] の下に、1行に一つずつ 値 = \"見出し\" の形で書いてください。",
    "wrong_table": "[{key}] を見出しにして、その下の行に書いてください。",
    "wrong_tables": "[[{key}]] を見出しにして、その下の行に書いてください。",
    "unknown_type": "「{type}」という種類はありません。種類の一覧から選んでください。",
    "unknown_type_near": "「{type}」という種類はありません。\"{near}\" と書くところではありませんか。",
    "wrong_id": "半角の小文字で始め、小文字・数字・下線（_）だけで、40文字までで書いてください（例：birth_date）。",
    "reserved_id": "govkitが使う名前です。「{example}」のように、ほかの名前にしてください。",
    "duplicate_id": "{line}行目と同じidです。ほかのidにしてください。",
    "retired_id": "使うのをやめた（retired）idです。もう使わず、新しいidにしてください。",
    "duplicate_label": "{line}行目と同じ見出しです。「保護者の氏名」「子の氏名」のように、区別できる見出しにしてください。",
    "no_fields": "項目がありません。[[field]] を一つは書いてください。",
    "no_choices": "選択肢がありません。[field.choices] の下に、1行に一つずつ 値 = \"見出し\" の形で書いてください。",
    "duplicate_choice": "同じ見出しの選択肢が二つあります。区別できる見出しにしてください。",
    "wrong_choice_value": "選択肢の値は、半角の英数字・下線・ハイフンで書いてください。",
    "unknown_choice": "「{value}」という値の選択肢はありません。choices にある値を書いてください。",
    "missing_english": "英語（{key}）がありません。languages に \"en\" を書いたときは、どの文にも英語が要ります。",
    "unknown_language": "使える言語は \"ja\" と \"en\" です。\"ja\" は必ず入れてください。",
    "min_above_max": "{low}（{least}）が{high}（{most}）より大きくなっています。どちらかを直してください。",
    "wrong_limit_kind": "種類「{type}」の項目の限度は、{expected}で書いてください。",
    "unknown_ending": "「{value}」という種類のファイルは選べません。{known} から選んでください。",
    "wrong_example": "記入例が、この項目の決まりに合いません：{reason}",
    "no_legal_basis": "この種類の項目には、根拠となる法令（legal_basis）が要ります。たずねてよい事務かどうかを、法務の担当と確かめてください。",
    "wrong_legal_basis": "番号法か条例の、条までを書いてください（例：番号法第9条第1項）。",
    "page_unknown_field": "「{id}」というidの項目はありません。idを確かめてください。",
    "page_unknown_field_near": "「{id}」というidの項目はありません。「{near}」ではありませんか。",
    "field_on_two_pages": "「{id}」は{line}行目のページにもあります。どちらか一つのページに置いてください。",
    "field_on_no_page": "項目「{id}」がどのページにもありません。どれかのページの fields に書き加えてください。",
    "empty_page": "ページに項目がありません。fields に項目のidを書くか、ページを消してください。",
    "wrong_rule": "条件を読めません：{reason}",
    "rule_unknown_field": "条件にある「{id}」というidの項目がありません。idを確かめてください。",
    "rule_unknown_field_near": "条件にある「{id}」というidの項目がありません。「{near}」ではありませんか。",
    "rule_later_field": "条件にある「{id}」は、この項目より後に出ます。前に出る項目で決めてください。",
    "rule_unknown_choice": "条件にある「{value}」は、項目「{id}」の選択肢にありません。{known} から選んでください。",
    "no_columns": "くり返す項目がありません。[[field.column]] の下に書いてください。",
    "nested_rows": "くり返しの中に、くり返しやファイルは置けません。別の項目にしてください。",
}  # fmt: skip
"""Japanese sentence and message id by code; a code never changes."""

_NEAR: Final = 0.6
_MOST_SYNTAX_ERRORS: Final = 20
_SIGNS: Final = dict(zip("＝“”＂［］＃　，｛｝‘’＇．", "=\"\"\"[]# ,{}'''.", strict=True))
_QUOTED: Final = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|#.*""")
_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_SYNTAX: Final = (
    ("Cannot overwrite a value|Duplicate inline", "written_twice"),
    ("Cannot declare|Cannot mutate", "opened_twice"),
    ('Unterminated string|Illegal character|Expected "\'|Expected \'"""\'', "open_text"),
    ("Unclosed array|Expected '\\]'", "open_list"),
    ("Invalid statement|Invalid value|Expected '=|Invalid initial character", "no_value"),
)


def suggest(word: str, names: Iterable[str], titles: Mapping[str, str] | None = None) -> str:
    """The name that was probably meant, or blank.

    :param titles: Name by another word for it, such as the Japanese one.
    """
    known = {**{name: name for name in names}, **(titles or {})}
    folded = fold_width(word).strip().lower().replace("-", "_")
    if (meant := known.get(word) or known.get(folded)) is not None:
        return meant
    near = get_close_matches(folded, known, n=1, cutoff=_NEAR)
    return known[near[0]] if near else ""


class Report:
    """Collects problems and puts them in the order of the file.

    :param name: Name of the file.
    :param lines: As :func:`govkit.forms.definition_lines.find_lines` gives them.
    """

    def __init__(self, name: str, lines: Mapping[KeyPath, int]) -> None:
        self._name = name
        self._lines = lines
        self._found: list[Problem] = []

    def line(self, path: KeyPath) -> int:
        """Line of a key, or of what it belongs to when it is not written."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def tell(self, path: KeyPath, code: str, **params: object) -> None:
        """Add a problem of the key at ``path``."""
        self._found.append(
            Problem(
                code,
                TEXTS[code],
                file=self._name,
                row=self.line(path),
                column=_key(path),
                params=params,
            )
        )

    def tell_near(self, path: KeyPath, code: str, near: str, **params: object) -> None:
        """Add a problem, with what was probably meant where that is known."""
        if near:
            self.tell(path, f"{code}_near", near=near, **params)
        else:
            self.tell(path, code, **params)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found so far, in the order of the file."""
        return tuple(sorted(self._found, key=lambda problem: problem.row or 0))

    def insist(self) -> None:
        """Go on only without problems.

        :raises InvalidInput: With all of them.
        """
        if self._found:
            raise InvalidInput(self.problems)


def _key(path: KeyPath) -> str:
    """A key as written below its heading: ``choices.new``."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    last = max((index for index, part in enumerate(path) if isinstance(part, int)), default=-1)
    return ".".join(map(str, path[last + 1 :])) if last >= 0 else ".".join(map(str, path[-1:]))


def read_toml(content: bytes, name: str) -> tuple[dict[str, Any], Report]:
    """The tables of a definition, and a report that knows their lines.

    :raises InvalidInput: With every place that is no TOML.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines: dict[KeyPath, int] = {(): content.count(b"\n", 0, error.start) + 1}
        report = Report(name, lines)
        report.tell((), "not_utf8")
        raise InvalidInput(report.problems) from error
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise InvalidInput(_syntax_problems(text, name)) from None
    return tree, Report(name, find_lines(text))


def _syntax_problems(text: str, name: str) -> list[Problem]:
    """The first error of syntax and, where one line is at fault, those of the lines below."""
    lines = text.replace("\r\n", "\n").split("\n")
    found: list[Problem] = []
    while len(found) < _MOST_SYNTAX_ERRORS:
        try:
            tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            problem, is_one_line = _syntax_problem(str(error), lines, name)
            if found and not is_one_line:
                break  # may be no more than a consequence of the lines left out
            found.append(problem)
            if not is_one_line or problem.row is None:
                break
            lines[problem.row - 1] = ""
        else:
            break
    return found


def _syntax_problem(message: str, lines: list[str], name: str) -> tuple[Problem, bool]:
    place = _PLACE.search(message)
    number = int(place[1]) if place and place[1] else len(lines)
    written = lines[number - 1]
    code, params = _syntax_code(message, written)
    problem = Problem(code, TEXTS[code], file=name, row=number, params=params)
    is_pair = "=" in written or "＝" in written
    is_one_line = is_pair and not written.lstrip().startswith("[") and "[" not in written
    return problem, bool(place and place[1]) and is_one_line


def _syntax_code(message: str, written: str) -> tuple[str, dict[str, object]]:
    bare = _QUOTED.sub("", written)
    for sign in bare:
        if sign in _SIGNS:
            shown = "空白" if sign == "　" else sign
            return "full_width_sign", {"sign": shown, "right": _SIGNS[sign].strip() or "空白"}
    code = next((code for pattern, code in _SYNTAX if re.match(pattern, message)), "not_toml")
    if code == "no_value" and not bare.strip()[:1].isascii():
        return "japanese_key", {}
    return code, {"quote": "'" if "'" in bare else '"'} if code == "open_text" else {}
