"""Options of ``mockserver check`` that say how a server is reached, what it is asked with, and how it is spared."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver.cli.settings import WholeNumber
from mockserver.errors import OptionError
from mockserver.judge.access import POLITE_CONCURRENCY, Access, OAuth, Safety

C = TypeVar("C", bound=Callable[..., Any])

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_PLACES = ("header", "query", "cookie")

_OPTIONS = (
    click.option(
        "--param",
        "params",
        multiple=True,
        metavar="NAME=VALUE",
        help="Value of a parameter in path, query, header, cookie or body; in every query if the contract has none; "
        "repeatable.",
    ),
    click.option(
        "--api-key",
        metavar="KEY",
        allow_from_autoenv=False,
        help="The key, sent where the contract has it; better in MOCKSERVER_KEY.",
    ),
    click.option(
        "--api-key-in",
        metavar="PLACE:NAME",
        show_default="as the contract says",
        help="Where the key goes, such as query:api_key, header:X-Key or cookie:session.",
    ),
    click.option("--bearer", metavar="TOKEN", help="A bearer token; better in MOCKSERVER_BEARER."),
    click.option("--basic", metavar="USER:PASSWORD", help="User and password; better in MOCKSERVER_BASIC."),
    click.option("--oauth-client-id", metavar="ID", help="Get tokens by OAuth2 client credentials."),
    click.option(
        "--oauth-client-secret", metavar="SECRET", help="The client's secret; better in MOCKSERVER_OAUTH_CLIENT_SECRET."
    ),
    click.option("--oauth-token-url", metavar="URL", show_default="the contract's", help="Where tokens are asked for."),
    click.option(
        "--oauth-scope", metavar="SCOPES", show_default="the contract's", help="Scopes to ask for, separated by blanks."
    ),
    click.option("--cert", type=click.Path(), help="The client's certificate, a PEM file."),
    click.option("--cert-key", type=click.Path(), help="The key of the client's certificate, if in a file of its own."),
    click.option("--ca-file", type=click.Path(), help="Trust servers by this PEM file of authorities."),
    click.option("--insecure", is_flag=True, help="Trust any TLS certificate."),
    click.option("--proxy", metavar="URL", help="Send through this proxy."),
    click.option("--read-only", is_flag=True, help="Send GET and declared searches alone, and ask for no refresh."),
    click.option("--gentle", is_flag=True, help="Send no hostile value, and one request at a time."),
    click.option(
        "--concurrency",
        default=POLITE_CONCURRENCY,
        type=WholeNumber(min=1, max=64),
        help="Requests that may be on their way at once.",
    ),
    click.option(
        "--time-budget",
        metavar="TIME",
        show_default="unlimited",
        help="Time that the run may take, such as 90s or 10m; what it does not reach is reported.",
    ),
)


def access_options(command: C) -> C:
    """Add the options of access and safety to a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_access(options: dict[str, Any], rate: str | None) -> tuple[Access, Safety]:
    """Take the options of this module out of ``options`` and return their values.

    Raises `OptionError` for one that cannot be used.
    """
    given = {name: options.pop(name) for name in _names()}
    files = {name: _file(f"--{name.replace('_', '-')}", given[name]) for name in ("cert", "cert_key", "ca_file")}
    _check_secrets(given)
    if given["cert_key"] and not given["cert"]:
        raise OptionError("got --cert-key without --cert, expected both")
    if given["basic"] is not None and ":" not in given["basic"]:
        raise OptionError("got --basic without a colon, expected USER:PASSWORD")
    _check_certificate(files["cert"], files["cert_key"], files["ca_file"])
    access = Access(
        params=dict(_pairs(given["params"])),
        key=given["api_key"],
        key_in=_place(given["api_key_in"]),
        bearer=given["bearer"],
        basic=given["basic"],
        oauth=_oauth(given),
        certificate=files["cert"],
        certificate_key=files["cert_key"],
        ca_file=files["ca_file"],
        insecure=given["insecure"],
        proxy=_url("--proxy", given["proxy"]),
    )
    seconds = _seconds(given["time_budget"])
    safety = Safety(given["read_only"], given["gentle"], rate, given["concurrency"], seconds)
    return access, safety


def _names() -> list[str]:
    def command() -> None:
        """Only holds the parameters."""

    access_options(command)
    return [str(p.name) for p in getattr(command, "__click_params__", [])]


def _pairs(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise OptionError(f"got --param {text!r}, expected NAME=VALUE")
        yield name.strip(), value


def _place(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    location, colon, name = text.partition(":")
    if not colon or location not in _PLACES or not name.strip():
        raise OptionError(f"got --api-key-in {text!r}, expected PLACE:NAME with one of {', '.join(_PLACES)}")
    return location, name.strip()


def _oauth(given: dict[str, Any]) -> OAuth | None:
    client, secret = given["oauth_client_id"], given["oauth_client_secret"]
    if client is None and secret is None:
        if given["oauth_token_url"]:
            raise OptionError("got --oauth-token-url without --oauth-client-id and --oauth-client-secret")
        return None
    if client is None or secret is None:
        missing = "--oauth-client-id" if client is None else "--oauth-client-secret"
        raise OptionError(f"OAuth2 needs {missing} too")
    url = given["oauth_token_url"]
    if url is not None and not re.match(r"https?://[^/\s]|/", url):
        raise OptionError(f"got --oauth-token-url {url!r}, expected a URL")
    return OAuth(client, secret, url, given["oauth_scope"])


def _file(option: str, path: str | None) -> str | None:
    if path is not None and not Path(path).is_file():
        raise OptionError(f"cannot read the file of {option}: {path}")
    return path


def _check_secrets(given: dict[str, Any]) -> None:
    """Raise `OptionError` for a secret that is empty, as one of a variable that is not set, or that cannot be sent."""
    for name in ("api_key", "bearer", "basic", "oauth_client_id", "oauth_client_secret"):
        option, value = f"--{name.replace('_', '-')}", given[name]
        if value is not None and not value.strip():
            raise OptionError(f"got an empty {option}")
        if value and not value.isprintable():
            raise OptionError(f"{option} has characters that are not printable")
    if given["bearer"] and not given["bearer"].isascii():
        raise OptionError("--bearer has characters that are not ASCII")


def _check_certificate(certificate: str | None, key: str | None, ca_file: str | None) -> None:
    """Raise `OptionError` for a file that does not hold what its option wants."""
    for option, path in (("--ca-file", ca_file), ("--cert", certificate)):
        if path is not None and b"-----BEGIN CERTIFICATE" not in Path(path).read_bytes():
            raise OptionError(f"the file of {option} has no certificate: {path}; expected a PEM file")
    holder = key or certificate
    if certificate is None or holder is None:
        return
    if b" PRIVATE KEY-----" not in Path(holder).read_bytes():
        what = "--cert-key has no private key" if key else "--cert has no private key; give --cert-key FILE"
        raise OptionError(f"the file of {what}: {holder}")
    try:
        # No password is asked for on the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError) as error:
        raise OptionError(f"cannot use the certificate {certificate} with the key {holder}: {error}") from None


def _url(option: str, text: str | None) -> str | None:
    if text is not None and not re.match(r"(https?|socks5h?)://[^/]", text):
        raise OptionError(f"got {option} {text!r}, expected a URL such as http://127.0.0.1:3128")
    return text


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if found is None or float(found[1]) == 0:
        raise OptionError(f"got --time-budget {text!r}, expected a time such as 90s, 10m or 1h")
    return float(found[1]) * _UNITS[found[2]]
