"""What gunicorn serves in a benchmark: the whole application, and an empty Flask route beside it."""

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from app import create_app
from app.garbage import spare_what_is_loaded
from workers.benchmarks.installation import EMPTY_PATH


def _empty() -> Flask:
    empty = Flask("empty")
    empty.add_url_rule("/", "nothing", lambda: "", methods=["POST"])
    return empty


application = DispatcherMiddleware(create_app(), {EMPTY_PATH: _empty()})
spare_what_is_loaded()
