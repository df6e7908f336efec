"""The three Japanese dialects of OneRoster 1.2 CSV: versions, files and the order of columns.

Facts from the 1EdTech Japan profiles and the 学習eポータル標準モデル as public implementations state
them; the texts of the profiles themselves are not at hand (unverified).
"""

from enum import Enum
from typing import Final

__all__ = ["FILES", "MANDATORY_FILES", "REQUIRED_COLUMNS", "Profile", "headings"]


class Profile(Enum):
    """A dialect; the value is what the manifest states as ``oneroster.version``."""

    JAPAN_ED2 = "1.2"
    """JP Profile 第2版, 学習eポータル標準モデル 3.00."""
    JAPAN_1_2_1 = "1.2.1"
    """JP Profile v1.2.1 (2024-01-11), 学習eポータル標準モデル 4.00 and 5.00."""
    JAPAN_K12_1_0 = "1.2_JP"
    """1EdTech Japan K-12/Schools Profile v1.0 (2026-03-01), 相互運用標準モデル 6.00."""

    @classmethod
    def newest(cls) -> "Profile":
        """The dialect to write unless the receiver asks for an older one."""
        return cls.JAPAN_K12_1_0


MANDATORY_FILES: Final = (
    "academicSessions",
    "classes",
    "courses",
    "enrollments",
    "orgs",
    "roles",
    "users",
)
"""Files that every package holds, in the order of the manifest."""

FILES: Final = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)
"""Every file that the manifest speaks of, in its order."""

_COMMON: Final = "sourcedId status dateLastModified "
_COLUMNS: Final = {
    "academicSessions": "title type startDate endDate parentSourcedId schoolYear",
    "orgs": "name type identifier parentSourcedId",
    "courses": "schoolYearSourcedId title courseCode grades orgSourcedId subjects subjectCodes",
    "classes": (
        "title grades courseSourcedId classCode classType location schoolSourcedId termSourcedIds "
        "subjects subjectCodes periods metadata.jp.specialNeeds"
    ),
    "roles": "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
    "userProfiles": (
        "userSourcedId profileType vendorId applicationId description credentialType username "
        "password"
    ),
    "demographics": (
        "birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican "
        "nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces "
        "hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth "
        "publicSchoolResidenceStatus"
    ),
}
_USERS: Final = (
    "enabledUser username userIds givenName familyName middleName identifier email sms phone "
    "agentSourcedIds grades password userMasterIdentifier{} preferredGivenName "
    "preferredMiddleName preferredFamilyName primaryOrgSourcedId pronouns "
    "metadata.jp.kanaGivenName metadata.jp.kanaFamilyName metadata.jp.kanaMiddleName "
    "metadata.jp.homeClass{}"
)
_PREFERRED_KANA: Final = (
    " metadata.jp.kanaPreferredFamilyName metadata.jp.kanaPreferredGivenName "
    "metadata.jp.kanaPreferredMiddleName"
)
_ENROLLMENTS: Final = "classSourcedId schoolSourcedId userSourcedId role primary beginDate endDate"


def headings(file: str, profile: Profile) -> tuple[str, ...]:
    """Headings of a file in their fixed order.

    :raises KeyError: For a file that the Japanese profiles do not exchange.
    """
    if file == "manifest":
        return ("propertyName", "value")
    if file == "users":
        is_ed2 = profile is Profile.JAPAN_ED2
        columns = _USERS.format(*((" resourceSourcedIds", "") if is_ed2 else ("", _PREFERRED_KANA)))
    elif file == "enrollments":
        number = "shussekiNo" if profile is Profile.JAPAN_K12_1_0 else "ShussekiNo"
        public = "publicFlg" if profile is Profile.JAPAN_K12_1_0 else "PublicFlg"
        columns = f"{_ENROLLMENTS} metadata.jp.{number} metadata.jp.{public}"
    else:
        columns = _COLUMNS[file]
    return tuple((_COMMON + columns).split())


REQUIRED_COLUMNS: Final = {
    "academicSessions": ("title", "type", "startDate", "endDate", "schoolYear"),
    "orgs": ("name", "type", "identifier"),
    "courses": ("title", "orgSourcedId"),
    "classes": ("title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"),
    "users": (
        "enabledUser",
        "username",
        "givenName",
        "familyName",
        "userMasterIdentifier",
        "preferredGivenName",
        "preferredFamilyName",
        "metadata.jp.kanaGivenName",
        "metadata.jp.kanaFamilyName",
    ),
    "roles": ("userSourcedId", "roleType", "role", "orgSourcedId"),
    "enrollments": ("classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary"),
    "userProfiles": ("userSourcedId", "profileType", "vendorId", "credentialType", "username"),
    "demographics": (),
}
"""Columns that may not be blank, ``sourcedId`` apart; names as 相互運用標準モデル asks for them."""
