"""The web application around a stand-in server: request log, faults, control routes."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import web

from sandbox.faults import Fault, Faults
from sandbox.request_log import LoggedRequest, RequestLog

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTROL = "/_sandbox/"
HTML_PAGE = "<!doctype html><title>One moment</title><h1>We will be back soon</h1>"


class Service(Protocol):
    """What a stand-in server brings: its routes, its errors, its state."""

    def add_routes(self, app: web.Application) -> None:
        """Register the routes of the server."""

    def error(self, status: int, headers: dict[str, str]) -> web.Response:
        """An error answer in the server's own words."""

    def unknown_route(self, request: web.Request) -> web.Response:
        """The answer to a path or method that the server does not have."""

    def expire_token(self, request: web.Request) -> web.Response:
        """Make the presented token invalid for good and say so."""

    def switch(self, name: str, value: Any) -> None:
        """Change a setting of the server; raises ValueError for an unknown one."""

    def state(self) -> dict[str, Any]:
        """Everything stored, as plain values."""

    def reset(self) -> None:
        """Forget everything stored, except tokens."""

    def close(self) -> None:
        """Let go of files."""


def build_app(service: Service) -> web.Application:
    """The application that serves `service` with log, faults and control routes."""
    faults, log = Faults(), RequestLog()

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(CONTROL):
            return await handler(request)
        entry = log.arrived(request.method, request.path, request.query_string)
        fault = faults.for_request(request.method, request.path)
        if fault is None:
            answer: web.StreamResponse = await _carry_out(service, request, handler)
        else:
            entry.fault = fault.kind
            answer = await _strike(fault, entry, faults, service, request, handler)
        if not _has_left(request):
            entry.status = answer.status
        return answer

    # The largest body is a batch of 200 contacts; 20 MB leaves room for long mails too.
    app = web.Application(middlewares=[watch], client_max_size=20 * 1024**2)
    service.add_routes(app)
    _add_control_routes(app, service, faults, log)

    async def close(app: web.Application) -> None:
        service.close()

    app.on_cleanup.append(close)
    return app


async def _carry_out(service: Service, request: web.Request, handler: Handler) -> web.Response:
    try:
        answer = await handler(request)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return service.unknown_route(request)
    assert isinstance(answer, web.Response)
    return answer


async def _strike(
    fault: Fault,
    entry: LoggedRequest,
    faults: Faults,
    service: Service,
    request: web.Request,
    handler: Handler,
) -> web.StreamResponse:
    """Answer a request that a fault has hit; see `Fault` for what each kind does."""

    async def carry_out() -> web.Response:
        return await _carry_out(service, request, handler)

    # The body must be read before a wait: it is gone when the client has left meanwhile.
    await request.read()
    match fault.kind:
        case "status":
            if fault.after_commit:
                await carry_out()
            return service.error(fault.status, fault.headers)
        case "delay":
            answer = await carry_out() if fault.after_commit else None
            await faults.wait_until_cleared(fault.seconds)
            return answer or await carry_out()
        case "cut_before":
            return _cut(request)
        case "cut_after":
            await carry_out()
            return _cut(request)
        case "html":
            return web.Response(text=HTML_PAGE, content_type="text/html")
        case "html_after":
            await carry_out()
            return web.Response(text=HTML_PAGE, content_type="text/html")
        case "truncate":
            return await _truncate(request, entry, await carry_out())
        case "rate_limit":
            return service.error(429, fault.headers)
        case "expired_token":
            return service.expire_token(request)
        case "redirect":
            return web.Response(status=302, headers={"Location": fault.location})
        case "hold":
            return await _hold(fault, faults, request, carry_out)


def _has_left(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _truncate(
    request: web.Request, entry: LoggedRequest, answer: web.Response
) -> web.StreamResponse:
    """Promise the whole body, send half of it, close."""
    body = answer.body
    assert isinstance(body, bytes)
    broken = web.StreamResponse(status=answer.status, headers=answer.headers)
    broken.content_length = len(body)
    broken.force_close()
    await broken.prepare(request)
    await broken.write(body[: len(body) // 2])
    entry.status = answer.status
    if request.transport is not None:
        request.transport.close()
    return broken


async def _hold(
    fault: Fault, faults: Faults, request: web.Request, carry_out: Callable[[], Awaitable[Any]]
) -> web.StreamResponse:
    """Answer when the faults are cleared. A client that has left gets nothing done for it."""
    answer: web.Response | None = await carry_out() if fault.after_commit else None
    cleared = False
    while not cleared:
        cleared = await faults.wait_until_cleared(0.02)
        if _has_left(request):
            return web.Response()
    return answer or await carry_out()


def _add_control_routes(
    app: web.Application, service: Service, faults: Faults, log: RequestLog
) -> None:
    async def add_faults(request: web.Request) -> web.Response:
        body = await request.json()
        try:
            for values in body if isinstance(body, list) else [body]:
                faults.add(Fault.from_json(values))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({}, status=201)

    async def clear_faults(request: web.Request) -> web.Response:
        faults.clear()
        return web.json_response({})

    async def get_requests(request: web.Request) -> web.Response:
        return web.json_response(log.as_json())

    async def forget_requests(request: web.Request) -> web.Response:
        log.forget()
        return web.json_response({})

    async def get_state(request: web.Request) -> web.Response:
        return web.json_response(service.state())

    async def switch(request: web.Request) -> web.Response:
        try:
            for name, value in (await request.json()).items():
                service.switch(name, value)
        except (AttributeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({})

    async def reset(request: web.Request) -> web.Response:
        faults.clear()
        log.forget()
        service.reset()
        return web.json_response({})

    app.router.add_post(CONTROL + "faults", add_faults)
    app.router.add_delete(CONTROL + "faults", clear_faults)
    app.router.add_get(CONTROL + "requests", get_requests)
    app.router.add_delete(CONTROL + "requests", forget_requests)
    app.router.add_get(CONTROL + "state", get_state)
    app.router.add_post(CONTROL + "switches", switch)
    app.router.add_post(CONTROL + "reset", reset)


def json_answer(status: int, body: Any, headers: dict[str, str]) -> web.Response:
    """A JSON answer; an empty string as body is an empty answer."""
    data = b"" if body == "" else json.dumps(body, separators=(",", ":")).encode()
    return web.Response(
        status=status, body=data, headers={"Content-Type": "application/json", **headers}
    )
