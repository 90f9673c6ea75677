"""
The applications that the tests serve: real frameworks behind our middleware.

Each is importable as `tests.servers.stack:NAME`, by gunicorn and by `httpheaders wsgi` alike.
"""

from __future__ import annotations

import json
from typing import Any

from httpheaders.wsgi_middleware.named import default_stack
from httpheaders.wsgi_middleware.policed import policy_middleware
from tests import policies

USERS = [{"id": number, "name": f"user {number}"} for number in range(40)]


def make_flask() -> Any:
    import flask

    app = flask.Flask("served")

    @app.get("/users")
    def users() -> Any:
        return flask.jsonify(USERS)

    @app.post("/users")
    def create() -> Any:
        return flask.jsonify(got=flask.request.get_json()), 201

    @app.get("/text/<name>")
    def text(name: str) -> Any:
        return flask.Response(f"{name} says {flask.request.args.get('q', 'nothing')}")

    @app.get("/stream")
    def stream() -> Any:
        return flask.Response((f"line {n}\n" for n in range(200)), mimetype="text/plain")

    @app.get("/raises")
    def raises() -> Any:
        raise LookupError("on purpose")

    app.testing = True  # exceptions leave the framework, as they may in any application
    return app


def make_django() -> Any:
    import django
    from django.conf import settings
    from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
    from django.urls import path

    def users(request: Any) -> Any:
        if request.method == "POST":
            return JsonResponse({"got": json.loads(request.body)}, status=201)
        return JsonResponse(USERS, safe=False)

    def text(request: Any, name: str) -> Any:
        return HttpResponse(f"{name} says {request.GET.get('q', 'nothing')}")

    def stream(request: Any) -> Any:
        lines = (f"line {n}\n" for n in range(200))
        return StreamingHttpResponse(lines, content_type="text/plain")

    def raises(request: Any) -> Any:
        raise LookupError("on purpose")

    class Urls:
        urlpatterns = (
            path("users", users),
            path("text/<str:name>", text),
            path("stream", stream),
            path("raises", raises),
        )

    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=Urls,
            SECRET_KEY="not a secret",
            DEBUG_PROPAGATE_EXCEPTIONS=True,
        )
        django.setup()
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def make_bottle() -> Any:
    import bottle

    app = bottle.Bottle()
    app.config["catchall"] = False  # exceptions leave the framework, as they may anywhere

    @app.get("/users")
    def users() -> Any:
        bottle.response.content_type = "application/json"
        return json.dumps(USERS)

    @app.post("/users")
    def create() -> Any:
        bottle.response.status = 201
        return {"got": bottle.request.json}

    @app.get("/text/<name>")
    def text(name: str) -> Any:
        return f"{name} says {bottle.request.query.getunicode('q') or 'nothing'}"

    @app.get("/stream")
    def stream() -> Any:
        bottle.response.content_type = "text/plain"
        return (f"line {n}\n".encode() for n in range(200))

    @app.get("/raises")
    def raises() -> Any:
        raise LookupError("on purpose")

    return app


def behind_default_stack(app: Any) -> Any:
    return default_stack(app, policies.policy())


def flask_app() -> Any:
    return behind_default_stack(make_flask())


def django_app() -> Any:
    return behind_default_stack(make_django())


def bottle_app() -> Any:
    return behind_default_stack(make_bottle())


def policed_app() -> Any:
    return policy_middleware(policies.policy(), clock=lambda: policies.NOW)(policies.app)
