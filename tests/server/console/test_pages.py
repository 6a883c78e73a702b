"""The console as HTML: the contents of its pages, what links and forms do, and what pages must never contain."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mockserver import create_app
from mockserver.mock.runtime import Mock
from mockserver.mock.scenarios.kinds import KINDS
from mockserver.server.console.snippets import coloured
from mockserver.server.console.tables import table_of
from mockserver.state.journal import CAPACITY
from tests.support.markup import Element, read_html, table_rows
from tests.support.paths import ROOT
from tests.support.programs import find_program
from tests.support.serving import served

TABS = ("/__mock__/", "/__mock__/journal", "/__mock__/switch", "/__mock__/reference")
LIST = "/api/v1/wallets/balances"
CONTRACTS = ROOT / "tests" / "contracts"
STATIC = ROOT / "mockserver" / "server" / "console" / "static"
BY_IDENTITY = """
openapi: 3.1.0
info: {title: Cats, version: "1"}
paths:
  /cats:
    get:
      operationId: cats
      parameters:
        - {name: limit, in: query, schema: {type: integer, default: 10, maximum: 50}}
        - {name: starting_after, in: query, schema: {type: string}}
        - {name: ending_before, in: query, schema: {type: string}}
        - {name: colour, in: query, schema: {type: string, enum: [black, red, white]}}
        - {name: id, in: query, schema: {type: string, format: uuid}}
        - {name: Prefer, in: header, schema: {type: string}}
        - {name: tame, in: query, schema: {type: boolean}}
        - {name: tags, in: query, schema: {type: array, items: {type: string, enum: [a, b]}}}
      responses:
        "200":
          description: Cats.
          content:
            application/json:
              schema:
                type: object
                required: [data, has_more]
                properties:
                  has_more: {type: boolean}
                  data:
                    type: array
                    items:
                      type: object
                      required: [id, colour, tame, lives]
                      properties:
                        id: {type: string, format: uuid}
                        colour: {type: string, enum: [black, red, white]}
                        tame: {type: boolean}
                        lives: {type: integer, minimum: 1, maximum: 9}
                        tags: {type: array, items: {type: string, enum: [a, b]}}
"""


@pytest.fixture
def app() -> Flask:
    """Return the application for the shipped contract."""
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client that keeps cookies, like a browser without JavaScript."""
    return app.test_client()


def page(client: FlaskClient, url: str, status: int = 200) -> Element:
    """Return the page at a URL."""
    answer = client.get(url)
    assert answer.status_code == status
    return read_html(answer.get_data(as_text=True))


def mock_of(app: Flask) -> Mock:
    """Return the mock of an application."""
    mock = app.extensions["mockserver"]
    assert isinstance(mock, Mock)
    return mock


def explored(client: FlaskClient, /, **values: str) -> Element:
    """Return the explorer's page for these form values (``chain_id`` is ``query.chain_id``)."""
    return page(client, f"/__mock__/?{urlencode({f'query.{name}': value for name, value in values.items()})}")


def followed(client: FlaskClient, start: Element, link: str) -> Iterator[Element]:
    """Yield the page, and those that are reached by following the link with that id."""
    shown = start
    for _ in range(100):
        yield shown
        href = shown.one("a", id=link).get("href")
        if href is None:
            return
        shown = page(client, f"/__mock__/{href}")
    raise AssertionError("the links do not end")


def column(shown: Element, name: str) -> list[str]:
    """Return a column of the table of records."""
    return [row[name] for row in table_rows(shown.one("table"))]


# All pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_a_page_is_complete_and_loads_nothing_from_other_servers(client: FlaskClient, tab: str) -> None:
    shown = page(client, tab)
    current = [link["href"] for link in shown.every("a") if link.get("aria-current") == "page"]
    assert current == [tab]
    assert shown.one("html")["lang"] == "en" and shown.one("main")["id"] == "content"
    assert [link["href"] for link in shown.every("a", class_="skip")] == ["#content"]
    for element in shown.every():
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            assert re.match(r"[/?#](?!/)", element.get(name) or "/"), element.attributes
        if element.tag in ("script", "link"):
            answer = client.get(element.get("src") or element["href"], buffered=True)
            assert answer.status_code == 200, element.attributes


@pytest.mark.parametrize("tab", TABS)
def test_a_page_follows_the_strict_content_security_policy(client: FlaskClient, tab: str) -> None:
    """No page has an inline script or style, so the policy needs no exception."""
    policy = client.get(tab).headers["Content-Security-Policy"]
    assert "unsafe" not in policy and policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    for element in page(client, tab).every():
        assert element.tag != "style"
        assert not [name for name in element.attributes if name == "style" or name.startswith(("on", "hx-on"))]
        assert element.tag != "script" or not element.raw
    config = json.loads(page(client, tab).one("meta", name="htmx-config")["content"])
    assert config["allowEval"] is config["allowScriptTags"] is config["includeIndicatorStyles"] is False


@pytest.mark.parametrize("tab", TABS)
def test_every_input_has_a_label(client: FlaskClient, tab: str) -> None:
    shown = page(client, tab)
    labelled = {label.get("for") for label in shown.every("label")}
    inside = [inner for label in shown.every("label") for inner in label.every("input")]
    for kind in ("input", "select", "textarea"):
        for element in shown.every(kind):
            assert element.get("type") == "hidden" or element.get("id") in labelled or element in inside
    ids = [element["id"] for element in shown.every() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in shown.every():
        for name in ("list", "aria-describedby", "aria-labelledby", "form"):
            assert set((element.get(name) or "").split()) <= set(ids), element.attributes


def test_the_console_is_found_without_a_trailing_slash(client: FlaskClient) -> None:
    assert client.get("/__mock__").headers["Location"] == "/__mock__/"


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_what_is_served_and_the_active_scenario(app: Flask, client: FlaskClient, tab: str) -> None:
    world = mock_of(app).engine.worlds(None)
    text = page(client, tab).one(id="bar").text
    assert text == f"API Wallet balances World {world.label} Seed mockserver Scenario none"
    mock_of(app).activate({"name": "slow", "min": 0, "max": 0, "operation": "list_balances"})
    client.get(LIST)
    client.get(LIST)
    counted = 3 if tab == "/__mock__/" else 2  # the explorer sends a request itself
    bar = page(client, tab).one(id="bar")
    assert f"slow min 0.0, max 0.0, operation list_balances · {counted} requests" in bar.text
    answer = client.post(bar.one("form")["action"], data={"back": bar.one("input", name="back")["value"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, tab)
    assert "Scenario none" in page(client, tab).one(id="bar").text


def test_the_fault_of_an_edit_is_shown_on_every_tab(tmp_path: Path) -> None:
    contract = tmp_path / "cats.yaml"
    contract.write_text(BY_IDENTITY)
    app = create_app(contract)
    contract.write_text("openapi: 3.1.0\ninfo: {")
    with pytest.raises(Exception, match="cats"):
        mock_of(app).reload()
    for tab in TABS:
        notice = page(app.test_client(), tab).one(id="bar").one(class_="notice")
        assert notice["role"] == "alert"
        assert "The last edit has a fault" in notice.text and "cats.yaml:3" in notice.text


def test_the_bar_is_sent_again_only_if_it_has_changed(app: Flask, client: FlaskClient) -> None:
    update = page(client, "/__mock__/journal").one(id="bar")["hx-get"]
    assert client.get(update).status_code == 204
    mock_of(app).activate({"name": "empty"})
    bar = page(client, update)
    assert "empty" in bar.text and bar.one("input", name="back")["value"] == "/__mock__/journal"
    assert client.get(bar.one(id="bar")["hx-get"]).status_code == 204


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com", "/elsewhere", ""])
def test_a_form_redirects_only_to_the_console(client: FlaskClient, back: str) -> None:
    for action in ("/__mock__/switch/off", "/__mock__/journal/clear"):
        assert client.post(action, data={"back": back}).headers["Location"] == "/__mock__/"


@pytest.mark.parametrize("action", ["switch", "switch/off", "journal/clear", "explore"])
def test_a_form_of_a_page_of_another_machine_is_refused(app: Flask, client: FlaskClient, action: str) -> None:
    mock_of(app).activate({"name": "empty"})
    answer = client.post(f"/__mock__/{action}", data={"name": "slow"}, headers={"Origin": "https://example.com"})
    assert answer.status_code == 403
    assert "empty" in page(client, "/__mock__/journal").one(id="bar").text


def test_values_are_escaped(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    contract = tmp_path / "cats.yaml"
    contract.write_text(BY_IDENTITY.replace("title: Cats", f"title: '{evil}'"))
    client = create_app(contract, seed=f"{evil}\udcff").test_client()
    client.get(f"/{evil}?a={evil}")
    client.get(f"/cats?limit={evil}")
    client.get(f"/cats?starting_after={evil}")
    assert evil in json.dumps(
        [entry["violations"] for entry in client.get("/__mock__/requests").get_json()["requests"]]
    )
    for url in (*TABS, f"/__mock__/?query.limit={evil}", f"/__mock__/journal?path={evil}&status={evil}"):
        scripts = [script for script in page(client, url).every("script") if not script.get("src")]
        assert scripts == []
    client.post("/__mock__/explore", data={"key": evil})
    assert [s for s in page(client, f"/__mock__/?header.Prefer={evil}").every("script") if not s.get("src")] == []


@pytest.mark.parametrize(
    "text", ['{"a<b": "x&<i>y</i>", "n": [1, -2.5e3, true, null]}', '"<b>never closed', "<b>1</b>", '"\\"<i>"', ""]
)
def test_colouring_does_not_change_the_text(text: str) -> None:
    """A body may be cut off anywhere, and need not be JSON."""
    box = read_html(f"<pre>{coloured(text)}</pre>").one("pre")
    assert box.raw == text
    assert {element.tag for element in box.every()} <= {"span"}


def test_a_very_long_text_is_not_coloured() -> None:
    text = json.dumps(["<b>"] * 100_000)
    assert "span" not in coloured(text) and read_html(f"<pre>{coloured(text)}</pre>").one("pre").raw == text


def test_vendored_files_are_listed_with_their_digests() -> None:
    listed = re.findall(r"\| `(\S+)` \| npm `\S+` \| (\S+) \| [^|]+ \| `\S+` \| `(\w+)` \|", _vendored())
    assert [name for name, _, _ in listed] == sorted(p.name for p in STATIC.glob("*.min.*"))
    for name, version, digest in listed:
        text = (STATIC / name).read_bytes()
        assert hashlib.sha256(text).hexdigest() == digest
        assert version.encode() in text


def _vendored() -> str:
    return (STATIC / "VENDORED.md").read_text(encoding="utf-8")


# Explorer: pages ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["boats.yaml", "notes.yaml", "songs.json", "by identity", "balances"])
def any_list(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """Return an app with a list of 37 records.

    They are paged by cursors (forward only), page numbers, offset, the identity of records, and cursors.
    """
    if request.param == "by identity":
        (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
        return create_app(tmp_path / "cats.yaml", size=37)
    return create_app(None if request.param == "balances" else CONTRACTS / request.param, size=37)


def test_the_links_lead_to_the_end_and_back(any_list: Flask) -> None:
    """Each record is shown once, in order, with its true position."""
    (semantics,) = mock_of(any_list).engine.semantics
    dataset = mock_of(any_list).engine.worlds(None).datasets[semantics.operation.id]
    name = str(semantics.identity)
    expected = [str(dataset.record(ordinal)[name]) for ordinal in range(37)]
    client = any_list.test_client()
    start = explored(client, **{str(semantics.limit): "10"})
    forward = list(followed(client, start, "next"))
    chunks = [expected[0:10], expected[10:20], expected[20:30], expected[30:37]]
    assert [column(each, name) for each in forward] == chunks
    for number, each in enumerate(forward):
        rank = 10 * number
        assert each.one(id="position").text.startswith(f"Records {rank + 1} to {min(rank + 10, 37)}")
        assert column(each, "#")[0] == str(rank + 1)
    back = list(followed(client, forward[-1], "previous"))
    if semantics.before or semantics.offset or semantics.page:
        assert [column(each, name) for each in back] == chunks[::-1]
        assert [column(each, "#")[0] for each in back] == ["31", "21", "11", "1"]
    else:
        assert len(back) == 1 and "can only be paged forward" in back[0].one(id="position").text


def test_without_a_link_the_position_is_known_only_from_the_offset(client: FlaskClient) -> None:
    cursor = client.get(LIST, query_string={"limit": 5}).get_json()["meta"]["after"]
    shown = explored(client, offset="40", limit="20")
    assert "Records 41 to 60 of 173 from the offset" in shown.one(id="position").text
    shown = explored(client, after=cursor, limit="5")
    assert shown.one(id="position").text.startswith("5 records of 173, at an unknown position")
    assert set(column(shown, "#")) == {"?"}
    assert "First" in shown.one("a", id="first").text and shown.one("a", id="first").get("href")


@pytest.mark.parametrize(
    "claim",
    [
        "start=50&total=172",
        "start=120&total=173",
        "start=0&total=173",
        "start=x&total=173",
        f"start={10**30}&total=173",
    ],
)
def test_a_position_that_the_answer_contradicts_is_unknown(client: FlaskClient, claim: str) -> None:
    cursor = client.get(LIST, query_string={"limit": 50}).get_json()["meta"]["after"]
    query = urlencode({"query.limit": 50, "query.after": cursor})
    shown = page(client, f"/__mock__/?{query}&walk=1&{claim}").one(id="position")
    if claim == "start=120&total=173":  # the answer does not contradict it: 170 is before the end
        assert "Records 121 to 170 of 173" in shown.text
    else:
        assert "at an unknown position" in shown.text


def test_a_list_that_changes_between_two_pages_is_noticed(app: Flask, client: FlaskClient) -> None:
    href = explored(client, limit="50").one("a", id="next")["href"]
    mock_of(app).set_fixtures({"list_balances": [{"token_id": "SETH"}]})
    shown = page(client, f"/__mock__/{href}")
    assert "at an unknown position the list has changed" in shown.one(id="position").text
    assert len(column(shown, "id")) == 50


def test_after_the_end_there_are_no_records(client: FlaskClient) -> None:
    shown = explored(client, offset="500")
    assert shown.one(id="position").text == "No records at this position, of 173 in the list"
    assert shown.one("a", id="next").get("href") is None


def test_the_next_page_keeps_the_filters(client: FlaskClient) -> None:
    expected = [record["id"] for record in client.get(LIST, query_string={"chain_id": "ETH"}).get_json()["result"]]
    pages = followed(client, explored(client, chain_id="ETH", limit="7"), "next")
    assert [each for shown in pages for each in column(shown, "id")] == expected


def test_a_list_that_cannot_be_paged_has_no_next(tmp_path: Path) -> None:
    text = re.sub(r".*(starting_after|ending_before).*\n", "", BY_IDENTITY)
    (tmp_path / "cats.yaml").write_text(text)
    shown = page(create_app(tmp_path / "cats.yaml").test_client(), "/__mock__/")
    assert shown.one(id="position").text.startswith("Records 1 to 10")
    assert "forward" not in shown.one(id="position").text
    assert [shown.one("a", id=link).get("href") for link in ("first", "previous", "next")] == [None] * 3


def test_a_contract_without_lists_says_so(tmp_path: Path) -> None:
    contract = tmp_path / "one.yaml"
    contract.write_text(
        "openapi: 3.1.0\ninfo: {title: One, version: '1'}\npaths: {/one: {get: {responses: {'200': {description: _}}}}}"
    )
    assert "no list operation" in page(create_app(contract).test_client(), "/__mock__/").one("main").text


# Explorer: the form ---------------------------------------------------------------------------------------------------


def field(shown: Element, label: str) -> Element:
    """Return the input with that label."""
    (named,) = (each for each in shown.every("label") if each.text.split()[0] == label and each.get("for"))
    return shown.one(id=named["for"])


def offered(shown: Element, label: str) -> list[str]:
    """Return the values that an input offers."""
    return [option["value"] for option in shown.one("datalist", id=field(shown, label)["list"]).every("option")]


def test_every_filter_offers_the_values_of_its_records(client: FlaskClient) -> None:
    records = client.get(LIST, query_string={"limit": 200}).get_json()["result"]
    shown = page(client, "/__mock__/")
    for name in ("wallet_uuid", "chain_id", "address", "token_id"):
        assert sorted(offered(shown, name)) == sorted({r[name] for r in records if r[name] is not None}), name
        assert field(shown, name)["name"] == f"query.{name}"


def test_the_number_of_offered_values_is_limited(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    client = create_app(tmp_path / "cats.yaml", size=5000).test_client()
    values = offered(page(client, "/__mock__/"), "id")
    assert len(set(values)) == 300
    assert client.get("/cats", query_string={"id": values[-1]}).get_json()["data"]


def test_edge_cases_are_named_and_lead_to_their_wallet(client: FlaskClient) -> None:
    cases = client.get("/__mock__/world").get_json()["cases"]
    shown = page(client, "/__mock__/")
    links = {link.text: link["href"] for link in shown.one(class_="cases").every("a")}
    assert set(links) == {case["name"] for case in cases}
    for case in cases:
        (wallet,) = (
            value for name, value in parse_qsl(urlsplit(links[case["name"]]).query) if name.startswith("query.")
        )
        assert wallet in case.values()
        expected = client.get(LIST, query_string={"wallet_uuid": wallet, "limit": 200}).get_json()["result"]
        walked = followed(client, page(client, f"/__mock__/{links[case['name']]}"), "next")
        assert [r["id"] for r in expected] == [i for each in walked for i in (column(each, "id") if expected else [])]


def test_an_enumeration_is_a_selection(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    client = create_app(tmp_path / "cats.yaml").test_client()
    shown = explored(client, colour="red")
    for name, values in (("colour", ["any", "black", "red", "white"]), ("tame", ["any", "true", "false"])):
        assert [option.text for option in field(shown, name).every("option")] == values
    assert [o.text for o in field(shown, "colour").every("option") if o.get("selected") is not None] == ["red"]
    assert field(shown, "tags").tag == "textarea"
    assert set(column(shown, "colour")) == {"red"}
    assert field(explored(client, colour="green"), "colour")["value"] == "green"


def test_the_form_becomes_a_link_with_the_filled_fields(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    client = create_app(tmp_path / "cats.yaml").test_client()
    data = {"list": "cats", "query.colour": "red", "query.tame": "", "query.tags": "a\r\n\r\n b ", "key": "", "x": "y"}
    answer = client.post("/__mock__/explore", data=data)
    assert answer.status_code == 303
    link = urlsplit(answer.headers["Location"])
    assert parse_qsl(link.query) == [
        ("list", "cats"),
        ("query.colour", "red"),
        ("query.tags", "a"),
        ("query.tags", "b"),
    ]
    shown = page(client, answer.headers["Location"])
    assert shown.one("a", class_="target")["href"] == "/cats?colour=red&tags=a&tags=b"
    assert field(shown, "tags").raw.split() == ["a", "b"]


def test_a_parameter_of_the_path_has_a_generated_value(tmp_path: Path) -> None:
    client = create_app(CONTRACTS / "boats.yaml").test_client()
    shown = page(client, "/__mock__/")
    value = field(shown, "harbour")["value"]
    assert value and shown.one("a", class_="target")["href"] == f"/harbours/{value}/boats"
    shown = page(client, "/__mock__/?path.harbour=" + "a%2Fb%20c")
    assert shown.one("a", class_="target")["href"] == "/harbours/a%2Fb%20c/boats"


def test_one_of_several_lists_can_be_selected(tmp_path: Path) -> None:
    text = BY_IDENTITY + BY_IDENTITY.partition("paths:")[2].replace("/cats", "/dogs").replace("Id: cats", "Id: dogs")
    (tmp_path / "pets.yaml").write_text(text)
    client = create_app(tmp_path / "pets.yaml").test_client()
    assert [o["value"] for o in page(client, "/__mock__/").one("select", id="pick").every("option")] == ["cats", "dogs"]
    assert page(client, "/__mock__/?list=dogs").one("a", class_="target").text == "/dogs"
    assert page(client, "/__mock__/?list=cows").one("a", class_="target").text == "/cats"


def test_the_position_of_a_link_is_not_put_into_the_form(client: FlaskClient) -> None:
    href = explored(client, chain_id="ETH", limit="7").one("a", id="next")["href"]
    shown = page(client, f"/__mock__/{href}")
    assert (field(shown, "chain_id")["value"], field(shown, "limit")["value"]) == ("ETH", "7")
    assert field(shown, "after")["value"] == ""
    assert field(explored(client, offset="7"), "offset")["value"] == "7"


# Explorer: the key ----------------------------------------------------------------------------------------------------


def test_the_key_is_sent_but_is_never_part_of_a_url() -> None:
    client = create_app(api_keys=["a-long-secret"]).test_client()
    assert page(client, "/__mock__/").one(class_="facts").text.startswith("! 401")
    answer = client.post("/__mock__/explore", data={"list": "list_balances", "key": " a-long-secret "})
    assert "secret" not in answer.headers["Location"]
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/__mock__/"))
    shown = page(client, answer.headers["Location"])
    assert shown.one(class_="facts").text.startswith("✓ 200")
    assert "-H 'X-API-Key: a-long-secret'" in shown.one(class_="as-curl").raw
    assert "secret" not in json.dumps(client.get("/__mock__/requests").get_json())
    client.post("/__mock__/explore", data={"list": "list_balances", "key": ""})
    assert page(client, "/__mock__/").one(class_="facts").text.startswith("! 401")


def test_with_isolated_keys_the_offered_values_are_those_of_the_key() -> None:
    app = create_app(isolate_keys=True, api_keys=["mine"])
    client = app.test_client()
    client.post("/__mock__/explore", data={"key": "mine"})
    records = client.get(LIST, query_string={"limit": 200}, headers={"X-API-Key": "mine"}).get_json()["result"]
    assert sorted(offered(page(client, "/__mock__/"), "wallet_uuid")) == sorted({r["wallet_uuid"] for r in records})


# Explorer: the answer -------------------------------------------------------------------------------------------------


def test_the_table_and_the_json_show_the_answer(client: FlaskClient) -> None:
    body = client.get(LIST, query_string={"limit": 60}).get_json()
    shown = explored(client, limit="60")
    assert json.loads(shown.one("pre", class_="json").raw) == body
    rows = table_rows(shown.one("table"))
    assert [row.pop("#") for row in rows] == [str(number) for number in range(1, 61)]

    def spelled(value: Any) -> str:
        return ", ".join(value) or "[]" if isinstance(value, list) else "null" if value is None else value

    assert rows == [{name: spelled(value) for name, value in record.items()} for record in body["result"]]
    right = {head.text for head in shown.one("thead").every("th", class_="number")}
    assert right == {"amount", "total", "pending", "locked"}


def test_records_of_any_shape_make_a_table(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    (semantics,) = mock_of(create_app(tmp_path / "cats.yaml")).engine.semantics
    items = [
        {"id": "a", "tame": True, "weight": 1.5, "size": 1, "like": {"fish": None}, "lives": 9},
        {"id": "b", "weight": None, "size": "XL", "lives": "9"},
        7,
    ]
    table = table_of(semantics, items)
    assert table.columns == ["id", "tame", "lives", "weight", "size", "like", "value"]
    assert table.numeric == {"lives", "weight", "value"}
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["a", "true", "9", "1.5", "1", '{"fish": null}', ""],
        ["b", "", "9", "null", "XL", "", ""],
        ["", "", "", "", "", "", "7"],
    ]


def test_a_request_of_the_explorer_is_in_the_journal(client: FlaskClient) -> None:
    explored(client, limit="3", chain_id="SETH")
    (entry,) = client.get("/__mock__/requests").get_json()["requests"]
    assert (entry["path"], entry["query"], entry["status"]) == (LIST, "limit=3&chain_id=SETH", 200)


def test_every_violation_is_listed(client: FlaskClient) -> None:
    details = client.get(LIST, query_string={"limit": 0, "after": "x", "before": "y"}).get_json()["error"]["detail"]
    shown = explored(client, limit="0", after="x", before="y").one(class_="results").one(class_="notice")
    listed = [item.text for item in shown.every("li")]
    assert listed == [f"query.{d['loc'][1]} {d['msg']} ({d['type']})" for d in details] and len(listed) == 4


def test_the_faults_of_a_scenario_are_shown(app: Flask, client: FlaskClient) -> None:
    length = len(client.get(LIST).data)
    mock_of(app).activate({"name": "disconnect"})
    shown = explored(client)
    assert f"closed after {length // 2:,} of {length:,} bytes" in shown.one(id="results").one(class_="notice").text
    assert "scenario disconnect" in shown.one(class_="facts").text
    mock_of(app).activate({"name": "truncated"})
    shown = explored(client)
    assert "JSON that is cut off" in shown.one(id="results").one(class_="notice").text
    assert shown.one("pre", class_="json").raw.startswith('{"result":[{"id"')
    mock_of(app).activate({"name": "rate-limited", "after": 0})
    shown = explored(client, limit="5")
    assert "429 Too Many Requests" in shown.one(class_="facts").text and "retry after" in shown.one(class_="facts").text
    mock_of(app).activate(None)
    shown = page(client, "/__mock__/" + shown.one("a", id="resend")["href"])
    assert "Records 1 to 5 of" in shown.one(id="position").text


def test_the_scenarios_empty_and_one_page(app: Flask, client: FlaskClient) -> None:
    href = explored(client).one("a", id="next")["href"]
    mock_of(app).activate({"name": "empty"})
    assert explored(client).one(id="position").text == "No records"
    assert page(client, f"/__mock__/{href}").one(id="position").text == "No records"
    mock_of(app).activate({"name": "one-page"})
    shown = explored(client, limit="5")
    assert shown.one(id="position").text == "Records 1 to 5 of 5 the first page"
    assert shown.one("a", id="next").get("href") is None


def test_warnings_and_preferences_are_shown(client: FlaskClient) -> None:
    shown = page(client, "/__mock__/?query.lmit=3&header.Prefer=wait%3D0")
    assert "did you mean 'limit'" in shown.one(id="results").one(class_="notice").text
    assert "applied wait=0" in shown.one(class_="facts").text
    offers = offered(shown, "Prefer")
    assert {"code=200", "code=422", "dynamic=true"} <= set(offers)


def test_the_code_to_copy_sends_the_same_request() -> None:
    """Run it in a shell and in Python, with characters that need quoting."""
    with served("--seed", "copy") as url:
        query = urlencode(
            {"query.limit": "3", "query.token_id": 'it\'s "odd" & <new> $HOME ü', "header.Prefer": "code=200"}
        )
        with urlopen(f"{url}/__mock__/?{query}", timeout=10) as answer:
            shown = read_html(answer.read().decode())
        expected = json.loads(shown.one("pre", class_="json").raw)
        assert expected["meta"]["total"] == 0
        curl = shown.one(class_="as-curl").one("pre").raw
        assert curl.startswith("curl ")
        shell = subprocess.run(
            ["sh", "-c", curl.replace("curl", find_program("curl"), 1)], capture_output=True, check=True
        )
        assert json.loads(shell.stdout) == expected
        python = shown.one(class_="as-python").one("pre").raw + "\nimport json\nprint(json.dumps(body))"
        done = subprocess.run([sys.executable, "-c", python], capture_output=True, check=True)
        assert json.loads(done.stdout) == expected
        queries = {entry["query"] for entry in _entries(url)}
        assert len(queries) == 1 and len(_entries(url)) == 3


def _entries(url: str) -> list[dict[str, Any]]:
    with urlopen(f"{url}/__mock__/requests", timeout=10) as answer:
        requests: list[dict[str, Any]] = json.load(answer)["requests"]
        return requests


# Journal --------------------------------------------------------------------------------------------------------------


def entries(shown: Element) -> list[str]:
    """Return the entries of the page, each as one text."""
    return [row.text for table in shown.every("table") for row in table.one("tbody").every("tr")]


def test_the_journal_shows_requests_newest_first(app: Flask, client: FlaskClient) -> None:
    assert "No request yet" in page(client, "/__mock__/journal").one(id="journal").text
    client.get(f"{LIST}?limit=0&lmit=1", headers={"X-API-Key": "a-long-secret"})
    mock_of(app).activate({"name": "server-error", "every": 1})
    client.get(f"{LIST}?chain_id=SETH")
    client.get("/nowhere")
    shown = page(client, "/__mock__/journal")
    nowhere, failed, refused = entries(shown)
    assert "404" in nowhere and "GET /nowhere" in nowhere and "no operation" in nowhere
    assert "✕ 500" in failed and "chain_id=SETH" in failed and failed.endswith("server-error")
    assert "! 422" in refused and "list_balances" in refused and "lmit=1" in refused
    (violation,) = shown.every("ul", class_="violations")
    assert violation.text == "query.limit Input should be greater than or equal to 1"
    (warning,) = shown.every("ul", class_="warnings")
    assert "did you mean 'limit'" in warning.text
    assert "secret" not in shown.raw and "a-***" in refused
    assert shown.one(id="count").text == "3 requests"


@pytest.mark.parametrize(
    ("query", "statuses"),
    [
        ("status=4xx", ["404", "422"]),
        ("status=422", ["422"]),
        ("path=nowhere", ["404"]),
        ("path=/api/*", ["422", "200"]),
        ("path=/api", ["422", "200"]),
        ("path=api/v1&status=200", ["200"]),
        ("status=500", []),
    ],
)
def test_the_journal_can_be_filtered(client: FlaskClient, query: str, statuses: list[str]) -> None:
    for url in (LIST, f"{LIST}?limit=0", "/nowhere"):
        client.get(url)
    shown = page(client, f"/__mock__/journal?{query}")
    assert [row.split()[2] for row in entries(shown)] == statuses
    assert shown.one(id="count").text == f"{len(statuses)} request{'' if len(statuses) == 1 else 's'} of 3"
    links = {link.text: link["href"] for link in shown.one(class_="tools").every("a")}
    downloaded = client.get(links["JSON"]).get_json()["requests"]
    assert [str(entry["status"]) for entry in reversed(downloaded)] == statuses
    assert len(client.get(links["HAR"]).get_json()["log"]["entries"]) == len(statuses)


def test_an_invalid_status_is_reported(client: FlaskClient) -> None:
    client.get(LIST)
    shown = page(client, "/__mock__/journal?status=many")
    assert "got status 'many', expected a status such as 422" in shown.one(id="count").text
    assert shown.one("input", id="status")["aria-invalid"] == "true" and len(entries(shown)) == 1


def test_clearing_the_journal_keeps_the_filter(client: FlaskClient) -> None:
    client.get(LIST)
    form = page(client, "/__mock__/journal?status=200").one("form", action="/__mock__/journal/clear")
    answer = client.post(form["action"], data={"back": form.one("input")["value"]})
    assert answer.headers["Location"] == "/__mock__/journal?status=200"
    assert client.get("/__mock__/requests").get_json() == {"requests": []}


def test_the_journal_is_sent_again_only_after_a_request(client: FlaskClient) -> None:
    client.get(LIST)
    shown = page(client, "/__mock__/journal?status=200").one(id="journal")
    update = f"/__mock__/journal{shown['hx-get']}"
    assert shown["hx-trigger"] == "tick from:body" and client.get(update).status_code == 204
    client.get(LIST)
    assert len(entries(page(client, update))) == 2
    client.delete("/__mock__/requests")
    assert client.get(update).status_code == 200
    for _ in range(CAPACITY):
        client.get(LIST)
    full = page(client, "/__mock__/journal").one(id="journal")["hx-get"]
    client.get(LIST)
    assert client.get(f"/__mock__/journal{full}").status_code == 200


def test_a_paused_journal_is_not_updated(client: FlaskClient) -> None:
    client.get(LIST)
    shown = page(client, "/__mock__/journal?path=api")
    paused = page(client, f"/__mock__/journal{shown.one(id='pause')['href']}")
    assert paused.one(id="journal").get("hx-get") is None and "paused" in paused.one("main").text
    assert paused.one("input", id="path")["value"] == "api"
    resumed = page(client, f"/__mock__/journal{paused.one(id='pause')['href']}")
    assert resumed.one(id="journal").get("hx-get") and resumed.one("input", id="path")["value"] == "api"


def test_the_page_of_the_journal_shows_the_latest_200(client: FlaskClient) -> None:
    for number in range(230):
        client.get(f"/nowhere/{number}")
    shown = page(client, "/__mock__/journal")
    assert len(entries(shown)) == 200 and "/nowhere/229" in entries(shown)[0]
    assert shown.one(id="count").text == "230 requests, the latest 200 shown"


# Scenarios ------------------------------------------------------------------------------------------------------------


def card(shown: Element, name: str) -> Element:
    """Return the card of a scenario."""
    return shown.one("section", id=name)


def filled(form: Element) -> dict[str, str]:
    """Return the values that a form sends if nothing is changed in it."""
    values = {each["name"]: each.get("value") or "" for each in form.every("input")}
    for choice in form.every("select"):
        selected = [o for o in choice.every("option") if o.get("selected") is not None]
        values[choice["name"]] = selected[0].text if selected else ""
    return values


@pytest.mark.parametrize("name", KINDS)
def test_every_scenario_has_a_card_that_activates_it(app: Flask, client: FlaskClient, name: str) -> None:
    shown = card(page(client, "/__mock__/switch"), name)
    form = shown.one("form")
    assert KINDS[name].about in shown.text
    values = filled(form)
    assert set(values) == {"name", *KINDS[name].options, "operation", "key", "times"}
    answer = client.post(form["action"], data=values)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/__mock__/switch#{name}")
    scenario = mock_of(app).snapshot().overrides.scenario
    assert scenario is not None and scenario.name == name
    assert scenario.options == {word: option.default for word, option in KINDS[name].options.items()}
    shown = card(page(client, "/__mock__/switch"), name)
    assert "active" in shown.one(class_="chip").text
    off = list(shown.every("form"))[1]
    client.post(off["action"], data=filled(off))
    assert mock_of(app).snapshot().overrides.scenario is None


def test_a_scenario_gets_its_options_and_limits(app: Flask, client: FlaskClient) -> None:
    data = {"name": "slow", "min": "0", "max": "0.25", "seed": "12", "operation": "list_balances", "times": "3"}
    client.post("/__mock__/switch", data={**data, "key": "a-long-secret"})
    active = client.get("/__mock__/scenario").get_json()["scenario"]
    assert active == {**data, "min": 0.0, "max": 0.25, "times": 3, "key": "a-***"}
    shown = card(page(client, "/__mock__/switch"), "slow")
    values = filled(shown.one("form", id="form-slow"))
    assert (values["max"], values["times"], values["operation"]) == ("0.25", "3", "list_balances")
    assert "secret" not in page(client, "/__mock__/switch").raw and values["key"] == ""


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "slow", "min": "9", "max": "1"}, "got 'min' 9.0, expected at most 'max', 1.0"),
        ({"name": "slow", "min": "soon"}, "got 'min' 'soon', expected a number from 0 to 60"),
        ({"name": "slow", "times": "0"}, "got 'times' 0, expected a whole number, 1 or more"),
        ({"name": "server-error", "status": "200"}, "got 'status' 200, expected a number from 500 to 599"),
        ({"name": "empty", "operation": "nothing"}, "unknown operation 'nothing'"),
    ],
)
def test_a_fault_is_shown_beside_the_form(app: Flask, client: FlaskClient, data: dict[str, str], message: str) -> None:
    answer = client.post("/__mock__/switch", data=data)
    assert answer.status_code == 422
    shown = card(read_html(answer.get_data(as_text=True)), data["name"])
    assert message in shown.one(class_="notice").text
    kept = filled(shown.one("form"))
    assert all(kept[word] == value for word, value in data.items() if word != "operation")
    assert mock_of(app).snapshot().overrides.scenario is None


def test_an_unknown_scenario_is_refused(client: FlaskClient) -> None:
    answer = client.post("/__mock__/switch", data={"name": "nothing"})
    shown = read_html(answer.get_data(as_text=True)).one("main").one(class_="notice")
    assert answer.status_code == 422 and "unknown scenario 'nothing'" in shown.text


# Reference ------------------------------------------------------------------------------------------------------------


def test_the_reference_shows_the_served_contract(client: FlaskClient) -> None:
    shown = page(client, "/__mock__/reference")
    contract = client.get(shown.one(id="swagger")["data-contract"]).get_json()
    assert contract["servers"][0]["url"] == "http://localhost" and LIST in contract["paths"]
    for link in shown.one(class_="head").every("a"):
        assert client.get(link["href"]).status_code == 200, link["href"]


@pytest.mark.parametrize("name", ["..%2F__init__.py", "../__init__.py", "nothing.js", "LICENSE/../../__init__.py"])
def test_only_assets_of_the_package_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/__mock__/reference/assets/{name}").status_code == 404


def test_a_restarted_scenario_keeps_its_key_although_it_is_not_shown(app: Flask, client: FlaskClient) -> None:
    """Otherwise a fault for one caller would affect all callers."""
    mock_of(app).activate({"name": "server-error", "every": 1, "key": "key of alice"})
    assert "key of alice" not in client.get("/__mock__/switch").text
    client.post("/__mock__/switch", data={"name": "server-error", "every": "1", "key": ""})
    scenario = mock_of(app).snapshot().overrides.scenario
    assert scenario is not None
    assert scenario.key == "key of alice"
    client.post("/__mock__/switch", data={"name": "server-error", "every": "1", "key": "key of bob"})
    scenario = mock_of(app).snapshot().overrides.scenario
    assert scenario is not None
    assert scenario.key == "key of bob"
    client.post("/__mock__/switch", data={"name": "empty", "key": ""})
    scenario = mock_of(app).snapshot().overrides.scenario
    assert scenario is not None
    assert scenario.key is None, "another scenario starts without a key"


def test_two_mocks_on_one_machine_have_separate_keys(client: FlaskClient) -> None:
    client.post("/__mock__/explore", data={"key": "key of one"}, headers={"Host": "localhost:1"})
    shown = [client.get("/__mock__/", headers={"Host": f"localhost:{port}"}).text for port in (1, 2)]
    assert ["key of one" in text for text in shown] == [True, False]


@pytest.mark.parametrize(("loc", "shown"), [("null", ""), ("limit", "limit"), ("[query, limit]", "query.limit")])
def test_a_violation_of_any_shape_is_shown(tmp_path: Path, loc: str, shown: str) -> None:
    contract = tmp_path / "cats.yaml"
    example = f"{{errors: [{{loc: {loc}, msg: is bad}}]}}"
    conflict = f'        "409": {{description: No., content: {{application/json: {{example: {example}}}}}}}\n'
    contract.write_text(BY_IDENTITY.replace('        "200":\n', f'{conflict}        "200":\n'))
    answer = create_app(contract).test_client().get("/__mock__/?header.Prefer=code%3D409")
    assert answer.status_code == 200
    assert f"<code>{shown}</code> is bad" in answer.text
