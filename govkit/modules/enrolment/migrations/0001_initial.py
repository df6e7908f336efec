"""Tables of enrolment."""

import sqlalchemy as sa
from alembic.operations import Operations

from govkit.base import db


def upgrade(op: Operations) -> None:
    op.create_table(
        "enrolment_compilation",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column(
            "entry_school_year", sa.Integer(), nullable=False, comment="小学校に入学する年度(西暦)"
        ),
        sa.Column("number", sa.Integer(), nullable=False, comment="何回目の編製か"),
        sa.Column("reference_date", sa.Date(), nullable=False, comment="基準日"),
        sa.Column("source_as_of", sa.Date(), nullable=True, comment="住民データの時点"),
        sa.Column("children", sa.Integer(), nullable=False, comment="人数"),
        sa.Column("new_count", sa.Integer(), nullable=False, comment="新規の人数"),
        sa.Column("changed_count", sa.Integer(), nullable=False, comment="変更の人数"),
        sa.Column("gone_count", sa.Integer(), nullable=False, comment="除かれた人数"),
        sa.Column(
            "undecided", sa.JSON(), nullable=False, comment="生年月日から判断できない宛名番号"
        ),
        sa.Column("compiled_by", sa.String(length=120), nullable=False, comment="編製した人"),
        sa.Column("compiled_at", db.UtcDateTime(timezone=True), nullable=False, comment="編製日時"),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_compilation_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_enrolment_compilation")),
        sa.UniqueConstraint(
            "municipality_code",
            "entry_school_year",
            "number",
            name=op.f("uq_enrolment_compilation_municipality_code_entry_school_year_number"),
        ),
        comment="学齢簿の編製",
    )
    op.create_table(
        "enrolment_register_entry",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("addressee_number", sa.String(length=15), nullable=False, comment="宛名番号"),
        sa.Column("official_name", sa.String(length=300), nullable=False, comment="氏名"),
        sa.Column("family_name", sa.String(length=300), nullable=False, comment="氏"),
        sa.Column("given_name", sa.String(length=300), nullable=False, comment="名"),
        sa.Column("kana_name", sa.String(length=300), nullable=False, comment="氏名フリガナ"),
        sa.Column("kana_family_name", sa.String(length=300), nullable=False, comment="氏フリガナ"),
        sa.Column("kana_given_name", sa.String(length=300), nullable=False, comment="名フリガナ"),
        sa.Column("preferred_name", sa.String(length=300), nullable=False, comment="通称名"),
        sa.Column(
            "preferred_kana", sa.String(length=300), nullable=False, comment="通称名フリガナ"
        ),
        sa.Column("roman_name", sa.String(length=300), nullable=False, comment="外国人氏名(英字)"),
        sa.Column("kanji_name", sa.String(length=300), nullable=False, comment="外国人氏名(漢字)"),
        sa.Column("name_preference", sa.String(length=10), nullable=False, comment="氏名優先区分"),
        sa.Column("birth_date", sa.Date(), nullable=False, comment="生年月日"),
        sa.Column(
            "birth_phrase", sa.String(length=300), nullable=False, comment="生年月日不詳表記"
        ),
        sa.Column("birth_is_certain", sa.Boolean(), nullable=False, comment="生年月日が確か"),
        sa.Column("sex", sa.String(length=1), nullable=False, comment="性別"),
        sa.Column("postcode", sa.String(length=300), nullable=False, comment="郵便番号"),
        sa.Column(
            "address_municipality_code",
            sa.String(length=300),
            nullable=False,
            comment="住所の市区町村コード",
        ),
        sa.Column("machiaza_id", sa.String(length=300), nullable=False, comment="町字ID"),
        sa.Column("prefecture", sa.String(length=300), nullable=False, comment="都道府県"),
        sa.Column("city", sa.String(length=300), nullable=False, comment="市区町村"),
        sa.Column("town", sa.String(length=300), nullable=False, comment="町字"),
        sa.Column("lot", sa.String(length=300), nullable=False, comment="番地号"),
        sa.Column("building", sa.String(length=300), nullable=False, comment="方書"),
        sa.Column("household_number", sa.String(length=300), nullable=False, comment="世帯番号"),
        sa.Column("relationship_to_head", sa.String(length=300), nullable=False, comment="続柄"),
        sa.Column("nationality", sa.String(length=300), nullable=False, comment="国籍"),
        sa.Column("is_foreign", sa.Boolean(), nullable=False, comment="外国籍(学齢簿に準じるもの)"),
        sa.Column("is_protected", sa.Boolean(), nullable=False, comment="支援措置"),
        sa.Column("resident_since", sa.Date(), nullable=True, comment="住民となった年月日"),
        sa.Column("kana_key", sa.String(length=300), nullable=False, comment="フリガナの検索キー"),
        sa.Column("name_keys", sa.Text(), nullable=False, comment="氏名の検索キー"),
        sa.Column(
            "entry_school_year", sa.Integer(), nullable=False, comment="小学校に入学する年度(西暦)"
        ),
        sa.Column("status", sa.String(length=10), nullable=False, comment="状態"),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="除かれた年月日"),
        sa.Column("closed_reason", sa.String(length=20), nullable=False, comment="除かれた事由"),
        sa.Column("school_id", sa.Uuid(), nullable=True, comment="就学校"),
        sa.Column("entered_on", sa.Date(), nullable=True, comment="入学年月日"),
        sa.Column("joined_on", sa.Date(), nullable=True, comment="編入学年月日"),
        sa.Column("transferred_on", sa.Date(), nullable=True, comment="転学年月日"),
        sa.Column("graduated_on", sa.Date(), nullable=True, comment="卒業年月日"),
        sa.Column("is_special_needs_class", sa.Boolean(), nullable=False, comment="特別支援学級"),
        sa.Column(
            "schooling", sa.String(length=20), nullable=False, comment="外国籍の子の就学状況"
        ),
        sa.Column("note", sa.Text(), nullable=False, comment="備考(施行規則30条6号)"),
        sa.Column("version", sa.Integer(), nullable=False, comment="版番号(楽観ロック)"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_enrolment_register_entry_municipality_code_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_register_entry_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_enrolment_register_entry")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "addressee_number",
            name=op.f("uq_enrolment_register_entry_municipality_code_addressee_number"),
        ),
        comment="学齢簿",
    )
    op.create_index(
        "ix_enrolment_register_entry_entry_school_year_kana_key",
        "enrolment_register_entry",
        ["municipality_code", "entry_school_year", "kana_key"],
        unique=False,
    )
    op.create_table(
        "enrolment_zone",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("machiaza_id", sa.String(length=7), nullable=False, comment="町字ID"),
        sa.Column("town", sa.String(length=300), nullable=False, comment="町字"),
        sa.Column("elementary_school_id", sa.Uuid(), nullable=False, comment="小学校"),
        sa.Column("junior_high_school_id", sa.Uuid(), nullable=True, comment="中学校"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "elementary_school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_enrolment_zone_municipality_code_elementary_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "junior_high_school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_enrolment_zone_municipality_code_junior_high_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_zone_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_enrolment_zone")),
        sa.UniqueConstraint(
            "municipality_code",
            "machiaza_id",
            name=op.f("uq_enrolment_zone_municipality_code_machiaza_id"),
        ),
        comment="通学区域",
    )
    op.create_table(
        "enrolment_attendance_demand",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("notified_on", sa.Date(), nullable=False, comment="校長からの通知の受理年月日"),
        sa.Column("demanded_on", sa.Date(), nullable=True, comment="督促年月日"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_attendance_demand_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_attendance_demand_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_enrolment_attendance_demand")
        ),
        comment="出席の督促",
    )
    op.create_table(
        "enrolment_compilation_change",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("compilation_id", sa.Uuid(), nullable=False, comment="編製"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="新規・変更・除かれた"),
        sa.Column("fields", sa.JSON(), nullable=False, comment="変わった項目"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "compilation_id"],
            ["enrolment_compilation.municipality_code", "enrolment_compilation.id"],
            name=op.f("fk_enrolment_compilation_change_municipality_code_compilation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_compilation_change_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_compilation_change_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_enrolment_compilation_change")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "compilation_id",
            "entry_id",
            name=op.f("uq_enrolment_compilation_change_municipality_code_compilation_id_entry_id"),
        ),
        comment="編製の差分",
    )
    op.create_table(
        "enrolment_designation",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("school_id", sa.Uuid(), nullable=False, comment="指定校"),
        sa.Column(
            "basis", sa.String(length=10), nullable=False, comment="通学区域または指定校変更"
        ),
        sa.Column("reason_code", sa.String(length=30), nullable=False, comment="指定校変更の理由"),
        sa.Column("reason_text", sa.String(length=400), nullable=False, comment="理由の説明"),
        sa.Column("decided_on", sa.Date(), nullable=False, comment="決定年月日"),
        sa.Column("decided_by", sa.String(length=120), nullable=False, comment="決定した人"),
        sa.Column("valid_until", sa.Date(), nullable=True, comment="許可の末日"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="終わった年月日"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_designation_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "school_id"],
            ["schools_school.municipality_code", "schools_school.id"],
            name=op.f("fk_enrolment_designation_municipality_code_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_designation_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_enrolment_designation")),
        comment="就学校の指定",
    )
    op.create_index(
        "ix_enrolment_designation_entry_id",
        "enrolment_designation",
        ["municipality_code", "entry_id"],
        unique=False,
    )
    op.create_index(
        "ix_enrolment_designation_school_id",
        "enrolment_designation",
        ["municipality_code", "school_id"],
        unique=False,
    )
    op.create_table(
        "enrolment_exemption",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="猶予または免除"),
        sa.Column("decided_on", sa.Date(), nullable=False, comment="猶予・免除年月日"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="事由"),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="期間の初日"),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="期間の末日"),
        sa.Column("returned_on", sa.Date(), nullable=True, comment="復学年月日"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_exemption_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_exemption_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_enrolment_exemption")),
        comment="就学の猶予・免除",
    )
    op.create_table(
        "enrolment_guardian",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("position", sa.Integer(), nullable=False, comment="順番"),
        sa.Column("name", sa.String(length=300), nullable=False, comment="氏名"),
        sa.Column("kana", sa.String(length=300), nullable=False, comment="フリガナ"),
        sa.Column(
            "address", sa.String(length=600), nullable=False, comment="住所(空なら児童と同じ)"
        ),
        sa.Column("relation", sa.String(length=300), nullable=False, comment="児童から見た関係"),
        sa.Column("nationality", sa.String(length=300), nullable=False, comment="国籍"),
        sa.Column("contact", sa.String(length=200), nullable=False, comment="連絡先"),
        sa.Column("has_custody", sa.Boolean(), nullable=False, comment="監護者"),
        sa.Column("has_joint_authority", sa.Boolean(), nullable=False, comment="共同親権者"),
        sa.Column(
            "source", sa.String(length=10), nullable=False, comment="出所(住民記録または手入力)"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_guardian_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_guardian_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_enrolment_guardian")),
        sa.UniqueConstraint(
            "municipality_code",
            "entry_id",
            "position",
            name=op.f("uq_enrolment_guardian_municipality_code_entry_id_position"),
        ),
        comment="保護者",
    )
    op.create_table(
        "enrolment_out_of_district",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("school_name", sa.String(length=200), nullable=False, comment="学校名"),
        sa.Column("founder_name", sa.String(length=200), nullable=False, comment="設置者名"),
        sa.Column("entered_on", sa.Date(), nullable=True, comment="入学年月日"),
        sa.Column("transferred_on", sa.Date(), nullable=True, comment="転学年月日"),
        sa.Column("withdrawn_on", sa.Date(), nullable=True, comment="退学年月日"),
        sa.Column("graduated_on", sa.Date(), nullable=True, comment="卒業年月日"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="事由"),
        sa.Column("applied_on", sa.Date(), nullable=True, comment="申請年月日"),
        sa.Column("permitted_on", sa.Date(), nullable=True, comment="許可年月日"),
        sa.Column("starts_on", sa.Date(), nullable=True, comment="開始年月日"),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="終了年月日"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_out_of_district_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_out_of_district_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_enrolment_out_of_district")
        ),
        comment="区域外就学",
    )
    op.create_table(
        "enrolment_register_change",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("notified_on", sa.Date(), nullable=True, comment="届出年月日"),
        sa.Column("changed_on", sa.Date(), nullable=False, comment="変更年月日"),
        sa.Column("reason", sa.String(length=400), nullable=False, comment="事由"),
        sa.Column(
            "source", sa.String(length=10), nullable=False, comment="出所(住民記録または手入力)"
        ),
        sa.Column("before", sa.JSON(), nullable=False, comment="変更前"),
        sa.Column("after", sa.JSON(), nullable=False, comment="変更後"),
        sa.Column("recorded_by", sa.String(length=120), nullable=False, comment="記録した人"),
        sa.Column("recorded_at", db.UtcDateTime(timezone=True), nullable=False, comment="記録日時"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_register_change_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_register_change_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", name=op.f("pk_enrolment_register_change")
        ),
        comment="学齢簿の変更",
    )
    op.create_index(
        "ix_enrolment_register_change_entry_id_recorded_at",
        "enrolment_register_change",
        ["municipality_code", "entry_id", "recorded_at"],
        unique=False,
    )
    op.create_table(
        "enrolment_special_needs",
        sa.Column("municipality_code", sa.String(length=6), nullable=False, comment="団体コード"),
        sa.Column("id", sa.Uuid(), nullable=False, comment="識別子(UUIDv4)"),
        sa.Column("entry_id", sa.Uuid(), nullable=False, comment="学齢簿"),
        sa.Column("school_name", sa.String(length=200), nullable=False, comment="学校名"),
        sa.Column("department", sa.String(length=100), nullable=False, comment="部"),
        sa.Column("founder_name", sa.String(length=200), nullable=False, comment="設置者名"),
        sa.Column("entered_on", sa.Date(), nullable=True, comment="入学年月日"),
        sa.Column("transferred_on", sa.Date(), nullable=True, comment="転学年月日"),
        sa.Column("withdrawn_on", sa.Date(), nullable=True, comment="退学年月日"),
        sa.Column("graduated_on", sa.Date(), nullable=True, comment="卒業年月日"),
        sa.Column("disability", sa.String(length=100), nullable=False, comment="障がい区分"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "entry_id"],
            ["enrolment_register_entry.municipality_code", "enrolment_register_entry.id"],
            name=op.f("fk_enrolment_special_needs_municipality_code_entry_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["govkit_municipality.code"],
            name=op.f("fk_enrolment_special_needs_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_enrolment_special_needs")),
        comment="特別支援学校への就学",
    )


def downgrade(op: Operations) -> None:
    op.drop_table("enrolment_special_needs")
    op.drop_index(
        "ix_enrolment_register_change_entry_id_recorded_at", table_name="enrolment_register_change"
    )
    op.drop_table("enrolment_register_change")
    op.drop_table("enrolment_out_of_district")
    op.drop_table("enrolment_guardian")
    op.drop_table("enrolment_exemption")
    op.drop_index("ix_enrolment_designation_school_id", table_name="enrolment_designation")
    op.drop_index("ix_enrolment_designation_entry_id", table_name="enrolment_designation")
    op.drop_table("enrolment_designation")
    op.drop_table("enrolment_compilation_change")
    op.drop_table("enrolment_attendance_demand")
    op.drop_table("enrolment_zone")
    op.drop_index(
        "ix_enrolment_register_entry_entry_school_year_kana_key",
        table_name="enrolment_register_entry",
    )
    op.drop_table("enrolment_register_entry")
    op.drop_table("enrolment_compilation")
