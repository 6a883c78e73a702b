"""`mockserver check` on servers behind TLS, with certificates of a private authority, and through a proxy."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from flask import Flask, jsonify

from tests.support.checking import check, rows
from tests.support.list_app import FEW, application, contract, secured, serving
from tests.support.proxy import closed_port, proxying

QUICK = ("--laws-only", "--law", "total", "--budget", "40")


@dataclass(frozen=True)
class Files:
    """Certificates as the options want them, and the authority that signed them."""

    authority: trustme.CA
    ca: str
    chain: str
    certificate: str
    key: str


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    client = authority.issue_cert("judge@example.org")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    client.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    client.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    client.private_key_pem.write_to_path(str(folder / "key.pem"))
    return Files(authority, *(str(folder / name) for name in ("ca.pem", "both.pem", "cert.pem", "key.pem")))


def context(files: Files, *, wants_client: bool) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    files.authority.issue_cert("127.0.0.1").configure_cert(made)
    if wants_client:
        made.verify_mode = ssl.CERT_REQUIRED
        files.authority.configure_trust(made)
    return made


@pytest.fixture
def secure(files: Files, tmp_path: Path) -> Iterator[str]:
    """A server whose certificate a private authority signed."""
    contract(tmp_path / "contract.yaml", "/things")
    with serving(application({"/things": FEW}), ssl_context=context(files, wants_client=False)) as base_url:
        yield base_url


@pytest.fixture
def mutual(files: Files, tmp_path: Path) -> Iterator[str]:
    """A server that wants the client's certificate too. It also serves tokens, and its contract."""
    path = contract(tmp_path / "contract.yaml", "/things")
    app = application({"/things": FEW})
    app.add_url_rule("/contract.yaml", "contract", lambda: path.read_text(encoding="utf-8"))
    app.add_url_rule("/token", "token", lambda: jsonify(access_token="sesame-1"), methods=["POST"])

    with serving(app, ssl_context=context(files, wants_client=True)) as base_url:
        yield base_url


def judged(base_url: str, tmp_path: Path, *args: str) -> tuple[int, str, str]:
    return check(base_url, "--contract", str(tmp_path / "contract.yaml"), *QUICK, *args)


def test_a_private_authority_is_trusted_by_its_file_or_not_asked_for(secure: str, files: Files, tmp_path: Path) -> None:
    assert judged(secure, tmp_path, "--ca-file", files.ca)[0] == 0
    assert judged(secure, tmp_path, "--insecure")[0] == 0
    code, _, err = judged(secure, tmp_path)
    assert code == 2
    assert f"GET {secure}/things" in err
    assert "the server's TLS certificate is not trusted" in err
    assert "--ca-file FILE or --insecure" in err


def test_a_client_certificate_in_one_file_or_two(mutual: str, files: Files, tmp_path: Path) -> None:
    for given in (("--cert", files.chain), ("--cert", files.certificate, "--cert-key", files.key)):
        code, out, err = judged(mutual, tmp_path, "--ca-file", files.ca, *given)
        assert (code, err, rows(out)) == (0, "", {"total": "passed"})
    code, _, err = judged(mutual, tmp_path, "--ca-file", files.ca)
    assert code == 2
    assert f"GET {mutual}/things" in err
    assert "a certificate of the client: give --cert FILE" in err


def test_the_contract_and_tokens_are_fetched_with_the_same_certificates(
    mutual: str, files: Files, tmp_path: Path
) -> None:
    oauth = ("--oauth-client-id", "me", "--oauth-client-secret", "hidden-1", "--oauth-token-url", f"{mutual}/token")
    given = ("--ca-file", files.ca, "--cert", files.chain)
    change = secured(type="oauth2", flows={"clientCredentials": {"tokenUrl": "/no", "scopes": {}}})
    contract(tmp_path / "contract.yaml", "/things", change=change)
    code, out, err = check(mutual, "--contract", f"{mutual}/contract.yaml", *QUICK, *given, *oauth)
    assert (code, err, rows(out)) == (0, "", {"total": "passed"})
    code, _, err = check(mutual, "--contract", f"{mutual}/contract.yaml", *QUICK, "--insecure")
    assert code == 2
    assert f"cannot fetch the contract {mutual}/contract.yaml: " in err


def test_schemathesis_phases_trust_and_prove_the_same(mutual: str, files: Files, tmp_path: Path) -> None:
    args = ("--law", "total", "--budget", "40", "--gentle", "--ca-file", files.ca, "--cert", files.chain)
    code, out, err = check(mutual, "--contract", str(tmp_path / "contract.yaml"), *args)
    assert (code, err) == (0, ""), out
    assert "No issues found" in out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--cert", "{key}"), "the file of --cert has no certificate: {key}"),
        (("--cert", "{ca}"), "the file of --cert has no private key; give --cert-key FILE: {ca}"),
        (("--cert", "{cert}", "--cert-key", "{ca}"), "the file of --cert-key has no private key: {ca}"),
        (("--ca-file", "{key}"), "the file of --ca-file has no certificate: {key}"),
        (("--ca-file", "{cert}x"), "cannot read the file of --ca-file: {cert}x"),
        (("--cert-key", "{key}"), "got --cert-key without --cert"),
    ],
)
def test_a_wrong_file_is_one_sentence(files: Files, args: tuple[str, ...], said: str) -> None:
    names = {"ca": files.ca, "key": files.key, "cert": files.certificate}
    code, out, err = check("https://127.0.0.1:1", *(arg.format(**names) for arg in args))
    assert (code, out) == (2, "")
    assert said.format(**names) in err


def test_every_request_goes_through_the_proxy(tmp_path: Path) -> None:
    path = contract(tmp_path / "contract.yaml", "/things")
    app: Flask = application({"/things": FEW})
    app.add_url_rule("/contract.yaml", view_func=lambda: path.read_text(encoding="utf-8"))
    args = ("--law", "total", "--budget", "40")
    with serving(app) as base_url, proxying() as proxy:
        code, out, _ = check(base_url, "--contract", f"{base_url}/contract.yaml", *args, "--proxy", proxy)
    assert code == 0, out
    seen = app.config["seen"]
    assert len(seen) > 100
    assert all(headers.get("Via") == "1.1 proxy" for _, _, headers in seen)


def test_a_proxy_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = contract(tmp_path / "contract.yaml", "/things")
    proxy = f"http://joe:sesame@127.0.0.1:{closed_port()}"
    code, out, err = check("http://127.0.0.1:1", "--contract", str(path), *QUICK, "--proxy", proxy)
    assert code == 2
    assert "GET http://127.0.0.1:1/things" in err
    assert "the proxy does not answer" in err
    assert "sesame" not in out + err
