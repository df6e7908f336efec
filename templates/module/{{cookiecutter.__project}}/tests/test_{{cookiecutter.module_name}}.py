import pytest
from govkit.errors import NotPermitted
from {{ cookiecutter.__package }} import service


def test_an_entry_is_listed(work):
    service.add_entry(work, "デジタルカメラ")

    assert [entry.title for entry in service.newest(work)] == ["デジタルカメラ"]


def test_a_school_clerk_reads_but_does_not_add(work_for):
    clerk = work_for(role="school_clerk")

    assert service.newest(clerk) == []
    with pytest.raises(NotPermitted):
        service.add_entry(clerk, "デジタルカメラ")


def test_the_pages_add_and_list_and_the_other_city_sees_nothing(sign_in):
    clerk = sign_in("132021", "board_clerk")
    other = sign_in("132071", "board_clerk")

    assert clerk.get("/{{ cookiecutter.module_name }}/new").status_code == 200
    assert clerk.post("/{{ cookiecutter.module_name }}/new", data={"title": ""}).status_code == 400
    answer = clerk.post("/{{ cookiecutter.module_name }}/new", data={"title": "デジタルカメラ"})
    assert answer.status_code == 303
    assert "デジタルカメラ" in clerk.get("/{{ cookiecutter.module_name }}/").text
    assert "デジタルカメラ" not in other.get("/{{ cookiecutter.module_name }}/").text


def test_the_tables_are_up_to_date(app):
    assert app.test_client().get("/health/ready").status_code == 200
