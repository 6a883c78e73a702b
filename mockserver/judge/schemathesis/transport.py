"""Sends every request of a run, the judge's own and those of Schemathesis' phases: patiently, politely, and bounded."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from itertools import count
from typing import Any
from urllib.parse import urljoin

import requests
import schemathesis
import urllib3
from requests.structures import CaseInsensitiveDict
from schemathesis.transport import BaseTransport

from mockserver.judge.schemathesis.lists import LISTS, Case
from mockserver.judge.schemathesis.patience import (
    Pace,
    ThrottledError,
    TimeSpentError,
    is_throttled,
    next_wait,
    wanted_wait,
)
from mockserver.judge.schemathesis.target import Target
from mockserver.version import version

LARGEST_BODY = 16 * 2**20
"""Bytes of an answer that are read at most."""

LONGEST_ANSWER = 15.0
"""Seconds that an answer may take in all."""

USER_AGENT = f"mockserver-check/{version()}"
"""What names the tool to the server."""

_READS = ("GET", "HEAD", "OPTIONS")

BROKEN = "x-mockserver-broken"
"""A header that an answer is given here if its body cannot be decoded: it says why. No server sends it."""

OWN_REQUEST: ContextVar[bool] = ContextVar("own_request", default=False)
"""Whether the request in progress is one of the judge's own, which no hook may change."""


class PatientTransport(BaseTransport[Any]):
    """A transport of Schemathesis that waits where the server asks for it, and renews a token that has expired.

    ``application`` is what is called in process. Schemathesis is not told of it, since it would go around this
    transport.
    """

    def __init__(self, inner: BaseTransport[Any], target: Target, application: Any = None) -> None:
        super().__init__()
        self._copy_serializers_from(inner)
        self.inner, self.target, self.application = inner, target, application

    def serialize_case(self, case: Case, **kwargs: Any) -> dict[str, Any]:
        """Prepare the case as the inner transport does."""
        return self.inner.serialize_case(case, **kwargs)

    def send(self, case: Case, *, session: Any = None, **kwargs: Any) -> schemathesis.Response:
        """Send, wait and send again.

        Raises `ThrottledError` and `TimeSpentError` for the judge's own requests, `NotSentError` for those of the
        phases. Those get the last answer of a server that limits requests, and are ended by who runs them.
        """
        self._refuse_writes(case)
        kwargs["headers"] = self._headers(case, kwargs.get("headers"))
        if self.application is not None:
            kwargs["app"] = self.application
        response = self._patiently(case, session, kwargs)
        renewed = self.target.renewed(response)
        if renewed is None:
            return response
        kwargs["headers"]["Authorization"] = renewed
        return self._patiently(case, session, kwargs)

    def _refuse_writes(self, case: Case) -> None:
        """Raise `NotSentError` for what may change data. No setting of Schemathesis lets such a case through."""
        method = str(case.method).upper()
        is_search = method == str(case.operation.method).upper() and LISTS.of(case.operation) is not None
        if self.target.safety.read_only and method not in _READS and not is_search:
            raise NotSentError(f"{method} is not sent: only reads are allowed")

    def _headers(self, case: Case, given: Any) -> CaseInsensitiveDict[Any]:
        # Without case, since the client of ASGI applications adds its own "user-agent" where it sees none.
        headers: CaseInsensitiveDict[Any] = CaseInsensitiveDict(given or {})
        names = {name.lower() for name in (*headers, *(case.headers or {}))}
        if "user-agent" not in names:
            headers["User-Agent"] = USER_AGENT
        if "accept" not in names:
            headers["Accept"] = self.target.accept(case.operation)
        return headers

    def _patiently(self, case: Case, session: Any, kwargs: dict[str, Any]) -> schemathesis.Response:
        # A copy: the inner transport changes what it is given.
        def send() -> schemathesis.Response:
            return self.inner.send(case, session=session, **{**kwargs, "headers": kwargs["headers"].copy()})

        return patiently(self.target.pace, send)


def patiently(pace: Pace, send: Callable[[], schemathesis.Response]) -> schemathesis.Response:
    """Send; where the server says "not now", wait and send again.

    Raises `ThrottledError` and `TimeSpentError` for the judge's own requests, `NotSentError` for those of the phases.
    """
    is_own = OWN_REQUEST.get()
    for tries in count():
        if pace.gave_up and is_own:
            raise ThrottledError(pace.gave_up)
        try:
            pace.await_turn()
        except TimeSpentError as error:
            raise error if is_own else NotSentError(str(error)) from None
        response = send()
        if not is_throttled(response.status_code, response.headers):
            pace.speed_up()
            return response
        wait = next_wait(response.headers, tries)
        if wait is None or pace.gave_up:
            break
        pace.slow_down(wait, is_told=wanted_wait(response.headers) is not None)
    pace.give_up(f"the server limits requests (status {response.status_code}), and waiting did not help")
    if is_own:
        raise ThrottledError(pace.gave_up)
    return response


class BoundedSession(requests.Session):
    """A session that gives up on an answer that is too large or takes too long, even if the server keeps sending.

    It follows redirects on the same host. A body that cannot be decoded is kept as it came, and marked `BROKEN`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.headers.clear()
        self.max_redirects = 5

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where a redirect leads to, on the same host; ``None`` if it leads to another one."""
        target = super().get_redirect_target(resp)
        if target is None or self.should_strip_auth(resp.url, urljoin(resp.url, target)):
            return None
        return target

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send, and read the body. Raises `requests.RequestException` beyond `LARGEST_BODY` or `LONGEST_ANSWER`."""
        deadline = time.monotonic() + LONGEST_ANSWER
        response = super().send(request, **{**kwargs, "stream": True})
        response.headers.pop(BROKEN, None)
        if response._content is not False:
            return response  # It was read on the way here, after a redirect.
        response._content = self._read(response, deadline)
        return response

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        chunks = response.raw.stream(65536, decode_content=True)
        while True:
            try:
                chunk = next(chunks, None)
            except urllib3.exceptions.DecodeError:
                response.headers[BROKEN] = f"the body is not {response.headers.get('content-encoding', 'encoded')}"
                break
            except urllib3.exceptions.ReadTimeoutError:
                raise requests.Timeout from None
            except (urllib3.exceptions.ProtocolError, urllib3.exceptions.HTTPError):
                response.headers[BROKEN] = "the answer is cut: it ends before it is complete"
                break
            if chunk is None:
                break
            body += chunk
            if len(body) > LARGEST_BODY:
                response.close()
                raise TooLargeError(f"an answer is larger than {LARGEST_BODY // 2**20} MiB")
            if time.monotonic() > deadline:
                response.close()
                raise requests.Timeout
        return bytes(body)


class NotSentError(requests.RequestException):
    """A request was not sent: it may change data, or time is over."""


class TooLargeError(requests.RequestException):
    """An answer is larger than `LARGEST_BODY`."""


def reason(error: Exception) -> str:
    """Return why there is no answer, for people."""
    if isinstance(error, TooLargeError):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError) or "[SSL" in str(error):
        return _tls_reason(str(error))
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not answer"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.TooManyRedirects):
        return "too many redirects"
    if isinstance(error, requests.exceptions.InvalidHeader):
        return "it could not be sent: a header has characters that no header may have"
    if isinstance(error, requests.ConnectionError) and "refused" in str(error):
        return "the connection failed: it is refused, nobody listens there"
    if isinstance(error, requests.ConnectionError) and re.search("resol|Name or service|getaddrinfo", str(error)):
        return "the connection failed: the host is unknown"
    if isinstance(error, requests.ConnectionError):
        return "the connection failed, or was closed without an answer"
    return type(error).__name__


def _tls_reason(text: str) -> str:
    if "CERTIFICATE_REQUIRED" in text or "HANDSHAKE_FAILURE" in text:
        return "no TLS connection: the server wants a certificate of the client: give --cert FILE"
    if "EOF occurred" in text or "reset by peer" in text:
        return "the server ended the TLS handshake: it may want a certificate of the client: give --cert FILE"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = text[text.find("verify failed:") :].removeprefix("verify failed:").partition("(_ssl")[0].strip()
        return f"the server's TLS certificate is not trusted ({why}): give --ca-file FILE or --insecure"
    if "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
        return "no TLS connection: the server does not speak TLS here; did you mean http://?"
    found = re.search(r"\[SSL(?:: \w+)?\] ([^(]*)", text)
    return f"no TLS connection: {found[1].strip() if found else 'the handshake failed'}"
