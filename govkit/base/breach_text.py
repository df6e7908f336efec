"""A report of a leak as text (漏えい等の調べの結果): Markdown in Japanese, to be read and handed on."""

from collections.abc import Iterator, Sequence
from datetime import date

from govkit.base.breach import BreachReport
from govkit.base.i18n import gettext as _
from govkit.base.municipality import Municipality

__all__ = ["breach_markdown", "day_text"]

_SHOWN = 200


def day_text(day: date) -> str:
    """A day as it stands in reports."""
    return _("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def breach_markdown(report: BreachReport, city: Municipality) -> str:
    """The report without the list of people, which is a file of its own."""
    return "\n".join(_lines(report, city)) + "\n"


def _lines(report: BreachReport, city: Municipality) -> Iterator[str]:
    query = report.query
    period = _("{first}から{last}まで", first=day_text(query.first), last=day_text(query.last))
    yield f"# {_('漏えい等の調べ')}"
    yield ""
    yield f"- {_('団体')}：{city.name}（{city.code}）"
    yield f"- {_('期間')}：{period}"
    yield f"- {_('漏えい等を知った日')}：{day_text(query.known_on)}"
    yield f"- {_('影響を受けた人')}：{_('{count}人', count=f'{len(report.people):,}')}"
    yield f"- {_('調べた記録')}：{_('{count}件', count=f'{report.events:,}')}"
    yield f"- {_('人を対象としない記録')}：{_('{count}件', count=f'{report.elsewhere:,}')}"
    yield from _section(_("報告が必要になりうる事情"), report.grounds or [_("見当たりません。")])
    terms = [
        _(
            "{title}：{day}（あと{left}日）",
            title=each.title,
            day=day_text(each.last),
            left=each.days_left,
        )
        for each in report.terms
    ]
    yield from _section(_("報告の期限"), terms)
    yield from _section(_("操作"), [f"{title}：{count:,}" for title, count in report.actions])
    yield from _section(_("職員"), [f"{who}：{count:,}" for who, count in report.actors])
    days = [
        _("{day}：延べ{times}人、{people}人", day=day_text(day), times=times, people=people)
        for day, times, people in report.days[:_SHOWN]
    ]
    yield from _section(_("経過"), days)


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""
    yield from (f"- {each}" for each in items)
