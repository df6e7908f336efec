"""What a municipality decides for itself about enrolment (就学事務の方針)."""

from pydantic import BaseModel, ConfigDict

__all__ = ["EnrolmentPolicy"]


class EnrolmentPolicy(BaseModel):
    """Texts of the notices.

    :param sender: Who sends the notices; blank means the board of education of the municipality.
    :param ceremony: Day and hours of the entrance ceremony (入学式), or where they will be told.
    :param contact: Section, telephone and hours for questions (問い合わせ先).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sender: str = ""
    ceremony: str = "入学式の日時と持ち物は、入学する学校からお知らせします。"
    contact: str = ""
