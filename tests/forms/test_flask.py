import subprocess
import sys

from flask import Flask, render_template_string, request

from govkit.forms import Form, TextField


def test_one_field_in_anybodys_flask_app():
    app = Flask(__name__)

    class Enquiry(Form):
        name = TextField("氏名", required=True)

    @app.route("/", methods=["GET", "POST"])
    def enquire():
        form = Enquiry(request.form)
        if request.method == "POST" and form.validate():
            return form.name.data
        return render_template_string("{{ form.error_summary() }}{{ form.name() }}", form=form)

    client = app.test_client()
    assert 'for="name"' in client.get("/").text
    assert 'href="#name"' in client.post("/", data={"name": " "}).text
    assert client.post("/", data={"name": "𠮷田"}).text == "𠮷田"


def test_the_layer_needs_neither_flask_nor_a_database():
    program = "import sys, govkit.forms; print({'flask', 'sqlalchemy'} & set(sys.modules))"

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert answer.stdout == "set()\n", answer.stderr
