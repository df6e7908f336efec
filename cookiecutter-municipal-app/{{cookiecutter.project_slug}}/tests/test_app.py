"""アプリ全体のテスト。"""


def test_it_starts_and_its_tables_are_up_to_date(app):
    answer = app.test_client().get("/health/ready")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "pending_migrations": 0}


def test_visitors_are_asked_to_log_in(app):
    answer = app.test_client().get("/announcements/")

    assert answer.status_code == 303
    assert answer.location.startswith("/login")


def test_the_footer_names_whom_to_ask(app):
    assert "お問い合わせ：{{ cookiecutter.contact | e }}" in app.test_client().get("/login").text
