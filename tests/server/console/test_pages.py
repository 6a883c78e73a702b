"""The console as it is sent: what stands in its pages, what their links and forms do, and what is never in them."""

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
    """The mock of the contract that is shipped."""
    return create_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript: it keeps cookies."""
    return app.test_client()


def page(client: FlaskClient, url: str, status: int = 200) -> Element:
    """The page at a URL."""
    answer = client.get(url)
    assert answer.status_code == status
    return read_html(answer.get_data(as_text=True))


def mock_of(app: Flask) -> Mock:
    """The mock behind an application."""
    mock = app.extensions["mockserver"]
    assert isinstance(mock, Mock)
    return mock


def explored(client: FlaskClient, /, **values: str) -> Element:
    """The explorer, asked with these form values (``chain_id`` is ``query.chain_id``)."""
    return page(client, f"/__mock__/?{urlencode({f'query.{name}': value for name, value in values.items()})}")


def followed(client: FlaskClient, start: Element, way: str) -> Iterator[Element]:
    """The page, and all to which a link of that id leads on."""
    shown = start
    for _ in range(100):
        yield shown
        href = shown.one("a", id=way).get("href")
        if href is None:
            return
        shown = page(client, f"/__mock__/{href}")
    raise AssertionError("it does not end")


def column(shown: Element, name: str) -> list[str]:
    """A column of the table of records."""
    return [row[name] for row in table_rows(shown.one("table"))]


# All pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_a_page_is_complete_and_asks_for_nothing_from_elsewhere(client: FlaskClient, tab: str) -> None:
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
def test_a_page_obeys_the_strict_policy(client: FlaskClient, tab: str) -> None:
    """No script and no style stands in a page, so that the policy needs no exception."""
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


def test_the_console_is_found_without_a_slash_at_the_end(client: FlaskClient) -> None:
    assert client.get("/__mock__").headers["Location"] == "/__mock__/"


@pytest.mark.parametrize("tab", TABS)
def test_what_is_on_is_said_on_every_tab(app: Flask, client: FlaskClient, tab: str) -> None:
    world = mock_of(app).engine.worlds(None)
    said = page(client, tab).one(id="bar").text
    assert said == f"API Wallet balances World {world.label} Seed mockserver Scenario none"
    mock_of(app).activate({"name": "slow", "min": 0, "max": 0, "operation": "list_balances"})
    client.get(LIST)
    client.get(LIST)
    counted = 3 if tab == "/__mock__/" else 2
    bar = page(client, tab).one(id="bar")
    assert f"slow min 0.0, max 0.0, operation list_balances · {counted} requests" in bar.text
    answer = client.post(bar.one("form")["action"], data={"back": bar.one("input", name="back")["value"]})
    assert (answer.status_code, answer.headers["Location"]) == (303, tab)
    assert "Scenario none" in page(client, tab).one(id="bar").text


def test_what_could_not_be_taken_is_told(tmp_path: Path) -> None:
    contract = tmp_path / "cats.yaml"
    contract.write_text(BY_IDENTITY)
    app = create_app(contract)
    contract.write_text("openapi: 3.1.0\ninfo: {")
    with pytest.raises(Exception, match="cats"):
        mock_of(app).reload()
    for tab in TABS:
        told = page(app.test_client(), tab).one(id="bar").one(class_="notice")
        assert told["role"] == "alert"
        assert "The last edit was not taken" in told.text and "cats.yaml:3" in told.text


def test_the_bar_alone_is_sent_only_if_it_has_changed(app: Flask, client: FlaskClient) -> None:
    asked = page(client, "/__mock__/journal").one(id="bar")["hx-get"]
    assert client.get(asked).status_code == 204
    mock_of(app).activate({"name": "empty"})
    bar = page(client, asked)
    assert "empty" in bar.text and bar.one("input", name="back")["value"] == "/__mock__/journal"
    assert client.get(bar.one(id="bar")["hx-get"]).status_code == 204


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com", "/elsewhere", ""])
def test_a_form_leads_back_to_the_console_only(client: FlaskClient, back: str) -> None:
    for action in ("/__mock__/switch/off", "/__mock__/journal/clear"):
        assert client.post(action, data={"back": back}).headers["Location"] == "/__mock__/"


@pytest.mark.parametrize("action", ["switch", "switch/off", "journal/clear", "explore"])
def test_a_page_of_another_machine_sends_no_form(app: Flask, client: FlaskClient, action: str) -> None:
    mock_of(app).activate({"name": "empty"})
    answer = client.post(f"/__mock__/{action}", data={"name": "slow"}, headers={"Origin": "https://example.com"})
    assert answer.status_code == 403
    assert "empty" in page(client, "/__mock__/journal").one(id="bar").text


def test_what_is_shown_is_text_and_no_markup(tmp_path: Path) -> None:
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
def test_json_is_coloured_and_stays_as_it_is(text: str) -> None:
    """Whatever it is: a body may be cut off anywhere, or be none."""
    made = read_html(f"<pre>{coloured(text)}</pre>").one("pre")
    assert made.raw == text
    assert {element.tag for element in made.every()} <= {"span"}


def test_a_very_long_text_is_not_coloured() -> None:
    text = json.dumps(["<b>"] * 100_000)
    assert "span" not in coloured(text) and read_html(f"<pre>{coloured(text)}</pre>").one("pre").raw == text


def test_the_vendored_files_are_those_that_are_noted() -> None:
    noted = re.findall(r"\| `(\S+)` \| npm `\S+` \| (\S+) \| [^|]+ \| `\S+` \| `(\w+)` \|", _vendored())
    assert [name for name, _, _ in noted] == sorted(p.name for p in STATIC.glob("*.min.*"))
    for name, version, digest in noted:
        text = (STATIC / name).read_bytes()
        assert hashlib.sha256(text).hexdigest() == digest
        assert version.encode() in text


def _vendored() -> str:
    return (STATIC / "VENDORED.md").read_text(encoding="utf-8")


# Explorer: pages ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["boats.yaml", "notes.yaml", "songs.json", "by identity", "balances"])
def any_list(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """A mock with a list of 37 records: by cursors one way, by page numbers, by offset, by identity, by cursors."""
    if request.param == "by identity":
        (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
        return create_app(tmp_path / "cats.yaml", size=37)
    return create_app(None if request.param == "balances" else CONTRACTS / request.param, size=37)


def test_the_links_walk_to_the_end_and_back(any_list: Flask) -> None:
    """Each record is met once, in order, and the place that is told is the true one."""
    (semantics,) = mock_of(any_list).engine.semantics
    dataset = mock_of(any_list).engine.worlds(None).datasets[semantics.operation.id]
    name = str(semantics.identity)
    there = [str(dataset.record(ordinal)[name]) for ordinal in range(37)]
    client = any_list.test_client()
    start = explored(client, **{str(semantics.limit): "10"})
    ahead = list(followed(client, start, "next"))
    assert [column(each, name) for each in ahead] == [there[0:10], there[10:20], there[20:30], there[30:37]]
    for number, each in enumerate(ahead):
        rank = 10 * number
        assert each.one(id="place").text.startswith(f"Records {rank + 1} to {min(rank + 10, 37)}")
        assert column(each, "#")[0] == str(rank + 1)
    back = list(followed(client, ahead[-1], "previous"))
    if semantics.before or semantics.offset or semantics.page:
        assert [column(each, name) for each in back] == [there[30:37], there[20:30], there[10:20], there[0:10]]
        assert [column(each, "#")[0] for each in back] == ["31", "21", "11", "1"]
    else:
        assert len(back) == 1 and "pages forward only" in back[0].one(id="place").text


def test_a_page_that_no_link_led_to_has_a_known_place_only_by_offset(client: FlaskClient) -> None:
    cursor = client.get(LIST, query_string={"limit": 5}).get_json()["meta"]["after"]
    assert "Records 41 to 60 of 173 by the offset" in explored(client, offset="40", limit="20").one(id="place").text
    shown = explored(client, after=cursor, limit="5")
    assert shown.one(id="place").text.startswith("5 records of 173, at an unknown place")
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
def test_a_place_that_the_answer_contradicts_is_not_told(client: FlaskClient, claim: str) -> None:
    cursor = client.get(LIST, query_string={"limit": 50}).get_json()["meta"]["after"]
    said = urlencode({"query.limit": 50, "query.after": cursor})
    shown = page(client, f"/__mock__/?{said}&walk=1&{claim}").one(id="place")
    if claim == "start=120&total=173":  # it would end at 170: what follows says no more
        assert "Records 121 to 170 of 173" in shown.text
    else:
        assert "at an unknown place" in shown.text


def test_a_list_that_changes_on_the_way_is_noticed(app: Flask, client: FlaskClient) -> None:
    href = explored(client, limit="50").one("a", id="next")["href"]
    mock_of(app).set_fixtures({"list_balances": [{"token_id": "SETH"}]})
    shown = page(client, f"/__mock__/{href}")
    assert "at an unknown place the list has changed" in shown.one(id="place").text
    assert len(column(shown, "id")) == 50


def test_past_the_end_there_are_no_records(client: FlaskClient) -> None:
    shown = explored(client, offset="500")
    assert shown.one(id="place").text == "No records here, of 173 in all"
    assert shown.one("a", id="next").get("href") is None


def test_what_was_filtered_stays_filtered_on_the_next_page(client: FlaskClient) -> None:
    there = [record["id"] for record in client.get(LIST, query_string={"chain_id": "ETH"}).get_json()["result"]]
    pages = followed(client, explored(client, chain_id="ETH", limit="7"), "next")
    assert [each for shown in pages for each in column(shown, "id")] == there


def test_a_list_that_cannot_be_paged_has_no_next(tmp_path: Path) -> None:
    text = re.sub(r".*(starting_after|ending_before).*\n", "", BY_IDENTITY)
    (tmp_path / "cats.yaml").write_text(text)
    shown = page(create_app(tmp_path / "cats.yaml").test_client(), "/__mock__/")
    assert shown.one(id="place").text.startswith("Records 1 to 10")
    assert "forward" not in shown.one(id="place").text
    assert [shown.one("a", id=way).get("href") for way in ("first", "previous", "next")] == [None] * 3


def test_a_contract_without_lists_says_so(tmp_path: Path) -> None:
    contract = tmp_path / "one.yaml"
    contract.write_text(
        "openapi: 3.1.0\ninfo: {title: One, version: '1'}\npaths: {/one: {get: {responses: {'200': {description: _}}}}}"
    )
    assert "no list operation" in page(create_app(contract).test_client(), "/__mock__/").one("main").text


# Explorer: the form ---------------------------------------------------------------------------------------------------


def field(shown: Element, label: str) -> Element:
    """The input that a label names."""
    (named,) = (each for each in shown.every("label") if each.text.split()[0] == label and each.get("for"))
    return shown.one(id=named["for"])


def offered(shown: Element, label: str) -> list[str]:
    """The values to pick from."""
    return [option["value"] for option in shown.one("datalist", id=field(shown, label)["list"]).every("option")]


def test_every_filter_offers_the_values_that_there_are(client: FlaskClient) -> None:
    records = client.get(LIST, query_string={"limit": 200}).get_json()["result"]
    shown = page(client, "/__mock__/")
    for name in ("wallet_uuid", "chain_id", "address", "token_id"):
        assert sorted(offered(shown, name)) == sorted({r[name] for r in records if r[name] is not None}), name
        assert field(shown, name)["name"] == f"query.{name}"


def test_of_many_values_some_are_offered(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    client = create_app(tmp_path / "cats.yaml", size=5000).test_client()
    values = offered(page(client, "/__mock__/"), "id")
    assert len(set(values)) == 300
    assert client.get("/cats", query_string={"id": values[-1]}).get_json()["data"]


def test_the_awkward_cases_are_named_and_lead_to_their_wallet(client: FlaskClient) -> None:
    cases = client.get("/__mock__/world").get_json()["cases"]
    shown = page(client, "/__mock__/")
    links = {link.text: link["href"] for link in shown.one(class_="cases").every("a")}
    assert set(links) == {case["name"] for case in cases}
    for case in cases:
        (wallet,) = (
            value for name, value in parse_qsl(urlsplit(links[case["name"]]).query) if name.startswith("query.")
        )
        assert wallet in case.values()
        there = client.get(LIST, query_string={"wallet_uuid": wallet, "limit": 200}).get_json()["result"]
        walked = followed(client, page(client, f"/__mock__/{links[case['name']]}"), "next")
        assert [r["id"] for r in there] == [i for each in walked for i in (column(each, "id") if there else [])]


def test_few_values_are_a_choice(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    client = create_app(tmp_path / "cats.yaml").test_client()
    shown = explored(client, colour="red")
    for name, values in (("colour", ["any", "black", "red", "white"]), ("tame", ["any", "true", "false"])):
        assert [option.text for option in field(shown, name).every("option")] == values
    assert [o.text for o in field(shown, "colour").every("option") if o.get("selected") is not None] == ["red"]
    assert field(shown, "tags").tag == "textarea"
    assert set(column(shown, "colour")) == {"red"}
    assert field(explored(client, colour="green"), "colour")["value"] == "green"


def test_the_form_becomes_a_link_of_what_was_filled_in(tmp_path: Path) -> None:
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


def test_a_parameter_of_the_path_has_a_value_that_fits(tmp_path: Path) -> None:
    client = create_app(CONTRACTS / "boats.yaml").test_client()
    shown = page(client, "/__mock__/")
    value = field(shown, "harbour")["value"]
    assert value and shown.one("a", class_="target")["href"] == f"/harbours/{value}/boats"
    shown = page(client, "/__mock__/?path.harbour=" + "a%2Fb%20c")
    assert shown.one("a", class_="target")["href"] == "/harbours/a%2Fb%20c/boats"


def test_several_lists_can_be_picked(tmp_path: Path) -> None:
    text = BY_IDENTITY + BY_IDENTITY.partition("paths:")[2].replace("/cats", "/dogs").replace("Id: cats", "Id: dogs")
    (tmp_path / "pets.yaml").write_text(text)
    client = create_app(tmp_path / "pets.yaml").test_client()
    assert [o["value"] for o in page(client, "/__mock__/").one("select", id="pick").every("option")] == ["cats", "dogs"]
    assert page(client, "/__mock__/?list=dogs").one("a", class_="target").text == "/dogs"
    assert page(client, "/__mock__/?list=cows").one("a", class_="target").text == "/cats"


def test_a_place_that_a_link_led_to_is_not_typed_into_the_form(client: FlaskClient) -> None:
    href = explored(client, chain_id="ETH", limit="7").one("a", id="next")["href"]
    shown = page(client, f"/__mock__/{href}")
    assert (field(shown, "chain_id")["value"], field(shown, "limit")["value"]) == ("ETH", "7")
    assert field(shown, "after")["value"] == ""
    assert field(explored(client, offset="7"), "offset")["value"] == "7"


# Explorer: the key ----------------------------------------------------------------------------------------------------


def test_the_key_is_sent_but_stands_in_no_url() -> None:
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


def test_with_worlds_of_their_own_the_values_are_those_of_the_key() -> None:
    app = create_app(isolate_keys=True, api_keys=["mine"])
    client = app.test_client()
    client.post("/__mock__/explore", data={"key": "mine"})
    records = client.get(LIST, query_string={"limit": 200}, headers={"X-API-Key": "mine"}).get_json()["result"]
    assert sorted(offered(page(client, "/__mock__/"), "wallet_uuid")) == sorted({r["wallet_uuid"] for r in records})


# Explorer: the answer -------------------------------------------------------------------------------------------------


def test_the_table_and_the_raw_answer_are_the_answer(client: FlaskClient) -> None:
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


def test_any_record_makes_a_table(tmp_path: Path) -> None:
    (tmp_path / "cats.yaml").write_text(BY_IDENTITY)
    (semantics,) = mock_of(create_app(tmp_path / "cats.yaml")).engine.semantics
    items = [
        {"id": "a", "tame": True, "weight": 1.5, "size": 1, "like": {"fish": None}, "lives": 9},
        {"id": "b", "weight": None, "size": "XL", "lives": "9"},
        7,
    ]
    made = table_of(semantics, items)
    assert made.columns == ["id", "tame", "lives", "weight", "size", "like", "value"]
    assert made.numeric == {"lives", "weight", "value"}
    assert [[cell.text for cell in row] for row in made.rows] == [
        ["a", "true", "9", "1.5", "1", '{"fish": null}', ""],
        ["b", "", "9", "null", "XL", "", ""],
        ["", "", "", "", "", "", "7"],
    ]


def test_a_request_of_the_console_is_one_like_any_other(client: FlaskClient) -> None:
    explored(client, limit="3", chain_id="SETH")
    (entry,) = client.get("/__mock__/requests").get_json()["requests"]
    assert (entry["path"], entry["query"], entry["status"]) == (LIST, "limit=3&chain_id=SETH", 200)


def test_every_violation_is_listed(client: FlaskClient) -> None:
    details = client.get(LIST, query_string={"limit": 0, "after": "x", "before": "y"}).get_json()["error"]["detail"]
    shown = explored(client, limit="0", after="x", before="y").one(class_="results").one(class_="notice")
    told = [item.text for item in shown.every("li")]
    assert told == [f"query.{d['loc'][1]} {d['msg']} ({d['type']})" for d in details] and len(told) == 4


def test_what_a_scenario_breaks_is_told(app: Flask, client: FlaskClient) -> None:
    whole = len(client.get(LIST).data)
    mock_of(app).activate({"name": "disconnect"})
    shown = explored(client)
    assert f"closed after {whole // 2:,} of {whole:,} bytes" in shown.one(id="results").one(class_="notice").text
    assert "scenario disconnect" in shown.one(class_="facts").text
    mock_of(app).activate({"name": "truncated"})
    shown = explored(client)
    assert "JSON is cut off" in shown.one(id="results").one(class_="notice").text
    assert shown.one("pre", class_="json").raw.startswith('{"result":[{"id"')
    mock_of(app).activate({"name": "rate-limited", "after": 0})
    shown = explored(client, limit="5")
    assert "429 Too Many Requests" in shown.one(class_="facts").text and "retry after" in shown.one(class_="facts").text
    mock_of(app).activate(None)
    assert "Records 1 to 5 of" in page(client, "/__mock__/" + shown.one("a", id="again")["href"]).one(id="place").text


def test_empty_and_one_page(app: Flask, client: FlaskClient) -> None:
    href = explored(client).one("a", id="next")["href"]
    mock_of(app).activate({"name": "empty"})
    assert explored(client).one(id="place").text == "No records"
    assert page(client, f"/__mock__/{href}").one(id="place").text == "No records"
    mock_of(app).activate({"name": "one-page"})
    shown = explored(client, limit="5")
    assert shown.one(id="place").text == "Records 1 to 5 of 5 the first page"
    assert shown.one("a", id="next").get("href") is None


def test_warnings_and_preferences_are_told(client: FlaskClient) -> None:
    shown = page(client, "/__mock__/?query.lmit=3&header.Prefer=wait%3D0")
    assert "did you mean 'limit'" in shown.one(id="results").one(class_="notice").text
    assert "applied wait=0" in shown.one(class_="facts").text
    offers = offered(shown, "Prefer")
    assert {"code=200", "code=422", "dynamic=true"} <= set(offers)


def test_the_code_to_copy_asks_for_the_same() -> None:
    """Run by a shell and by Python, with what needs quoting in it."""
    with served("--seed", "copy") as url:
        said = urlencode(
            {"query.limit": "3", "query.token_id": 'it\'s "odd" & <new> $HOME ü', "header.Prefer": "code=200"}
        )
        with urlopen(f"{url}/__mock__/?{said}", timeout=10) as answer:
            shown = read_html(answer.read().decode())
        wanted = json.loads(shown.one("pre", class_="json").raw)
        assert wanted["meta"]["total"] == 0
        curl = shown.one(class_="as-curl").one("pre").raw
        assert curl.startswith("curl ")
        shell = subprocess.run(
            ["sh", "-c", curl.replace("curl", find_program("curl"), 1)], capture_output=True, check=True
        )
        assert json.loads(shell.stdout) == wanted
        python = shown.one(class_="as-python").one("pre").raw + "\nimport json\nprint(json.dumps(body))"
        said_by = subprocess.run([sys.executable, "-c", python], capture_output=True, check=True)
        assert json.loads(said_by.stdout) == wanted
        queries = {entry["query"] for entry in _entries(url)}
        assert len(queries) == 1 and len(_entries(url)) == 3


def _entries(url: str) -> list[dict[str, Any]]:
    with urlopen(f"{url}/__mock__/requests", timeout=10) as answer:
        found_: list[dict[str, Any]] = json.load(answer)["requests"]
        return found_


# Journal --------------------------------------------------------------------------------------------------------------


def entries(shown: Element) -> list[str]:
    """The entries, each as one text."""
    return [row.text for table in shown.every("table") for row in table.one("tbody").every("tr")]


def test_the_journal_shows_what_was_asked_newest_first(app: Flask, client: FlaskClient) -> None:
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
    assert shown.one(id="heard").text == "3 requests"


@pytest.mark.parametrize(
    ("said", "left"),
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
def test_the_journal_can_be_filtered(client: FlaskClient, said: str, left: list[str]) -> None:
    for url in (LIST, f"{LIST}?limit=0", "/nowhere"):
        client.get(url)
    shown = page(client, f"/__mock__/journal?{said}")
    assert [row.split()[2] for row in entries(shown)] == left
    assert shown.one(id="heard").text == f"{len(left)} request{'' if len(left) == 1 else 's'} of 3"
    links = {link.text: link["href"] for link in shown.one(class_="tools").every("a")}
    found_ = client.get(links["JSON"]).get_json()["requests"]
    assert [str(entry["status"]) for entry in reversed(found_)] == left
    assert len(client.get(links["HAR"]).get_json()["log"]["entries"]) == len(left)


def test_a_status_that_is_none_is_told(client: FlaskClient) -> None:
    client.get(LIST)
    shown = page(client, "/__mock__/journal?status=many")
    assert "got status 'many', expected a status such as 422" in shown.one(id="heard").text
    assert shown.one("input", id="status")["aria-invalid"] == "true" and len(entries(shown)) == 1


def test_the_journal_is_cleared_and_the_filter_kept(client: FlaskClient) -> None:
    client.get(LIST)
    form = page(client, "/__mock__/journal?status=200").one("form", action="/__mock__/journal/clear")
    answer = client.post(form["action"], data={"back": form.one("input")["value"]})
    assert answer.headers["Location"] == "/__mock__/journal?status=200"
    assert client.get("/__mock__/requests").get_json() == {"requests": []}


def test_the_journal_is_sent_again_only_if_something_came(client: FlaskClient) -> None:
    client.get(LIST)
    shown = page(client, "/__mock__/journal?status=200").one(id="journal")
    again = f"/__mock__/journal{shown['hx-get']}"
    assert shown["hx-trigger"] == "tick from:body" and client.get(again).status_code == 204
    client.get(LIST)
    assert len(entries(page(client, again))) == 2
    client.delete("/__mock__/requests")
    assert client.get(again).status_code == 200
    for _ in range(CAPACITY):
        client.get(LIST)
    full = page(client, "/__mock__/journal").one(id="journal")["hx-get"]
    client.get(LIST)
    assert client.get(f"/__mock__/journal{full}").status_code == 200


def test_a_paused_journal_does_not_ask(client: FlaskClient) -> None:
    client.get(LIST)
    shown = page(client, "/__mock__/journal?path=api")
    paused = page(client, f"/__mock__/journal{shown.one(id='pause')['href']}")
    assert paused.one(id="journal").get("hx-get") is None and "paused" in paused.one("main").text
    assert paused.one("input", id="path")["value"] == "api"
    on = page(client, f"/__mock__/journal{paused.one(id='pause')['href']}")
    assert on.one(id="journal").get("hx-get") and on.one("input", id="path")["value"] == "api"


def test_a_page_of_the_journal_is_bounded(client: FlaskClient) -> None:
    for number in range(230):
        client.get(f"/nowhere/{number}")
    shown = page(client, "/__mock__/journal")
    assert len(entries(shown)) == 200 and "/nowhere/229" in entries(shown)[0]
    assert shown.one(id="heard").text == "230 requests, the latest 200 shown"


# Scenarios ------------------------------------------------------------------------------------------------------------


def card(shown: Element, name: str) -> Element:
    """The card of a scenario."""
    return shown.one("section", id=name)


def filled(form: Element) -> dict[str, str]:
    """What a form would send as it is."""
    values = {each["name"]: each.get("value") or "" for each in form.every("input")}
    for choice in form.every("select"):
        picked = [o for o in choice.every("option") if o.get("selected") is not None]
        values[choice["name"]] = picked[0].text if picked else ""
    return values


@pytest.mark.parametrize("name", KINDS)
def test_every_scenario_has_a_card_and_is_put_on_by_it(app: Flask, client: FlaskClient, name: str) -> None:
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
    assert "on" in shown.one(class_="chip").text
    off = list(shown.every("form"))[1]
    client.post(off["action"], data=filled(off))
    assert mock_of(app).snapshot().overrides.scenario is None


def test_a_scenario_takes_its_options_and_limits(app: Flask, client: FlaskClient) -> None:
    data = {"name": "slow", "min": "0", "max": "0.25", "seed": "12", "operation": "list_balances", "times": "3"}
    client.post("/__mock__/switch", data={**data, "key": "a-long-secret"})
    told = client.get("/__mock__/scenario").get_json()["scenario"]
    assert told == {**data, "min": 0.0, "max": 0.25, "times": 3, "key": "a-***"}
    shown = card(page(client, "/__mock__/switch"), "slow")
    values = filled(shown.one("form", id="form-slow"))
    assert (values["max"], values["times"], values["operation"]) == ("0.25", "3", "list_balances")
    assert "secret" not in page(client, "/__mock__/switch").raw and values["key"] == ""


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"name": "slow", "min": "9", "max": "1"}, "got 'min' 9.0, expected at most 'max', 1.0"),
        ({"name": "slow", "min": "soon"}, "got 'min' 'soon', expected a number from 0 to 60"),
        ({"name": "slow", "times": "0"}, "got 'times' 0, expected a whole number, 1 or more"),
        ({"name": "server-error", "status": "200"}, "got 'status' 200, expected a number from 500 to 599"),
        ({"name": "empty", "operation": "nothing"}, "unknown operation 'nothing'"),
    ],
)
def test_a_fault_is_told_beside_the_form(app: Flask, client: FlaskClient, data: dict[str, str], told: str) -> None:
    answer = client.post("/__mock__/switch", data=data)
    assert answer.status_code == 422
    shown = card(read_html(answer.get_data(as_text=True)), data["name"])
    assert told in shown.one(class_="notice").text
    kept = filled(shown.one("form"))
    assert all(kept[word] == value for word, value in data.items() if word != "operation")
    assert mock_of(app).snapshot().overrides.scenario is None


def test_a_scenario_that_there_is_not(client: FlaskClient) -> None:
    answer = client.post("/__mock__/switch", data={"name": "nothing"})
    shown = read_html(answer.get_data(as_text=True)).one("main").one(class_="notice")
    assert answer.status_code == 422 and "unknown scenario 'nothing'" in shown.text


# Reference ------------------------------------------------------------------------------------------------------------


def test_the_reference_reads_the_contract_that_is_served(client: FlaskClient) -> None:
    shown = page(client, "/__mock__/reference")
    contract = client.get(shown.one(id="swagger")["data-contract"]).get_json()
    assert contract["servers"][0]["url"] == "http://localhost" and LIST in contract["paths"]
    for link in shown.one(class_="head").every("a"):
        assert client.get(link["href"]).status_code == 200, link["href"]


@pytest.mark.parametrize("name", ["..%2F__init__.py", "../__init__.py", "nothing.js", "LICENSE/../../__init__.py"])
def test_only_the_assets_of_the_package_are_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/__mock__/reference/assets/{name}").status_code == 404


def test_a_scenario_that_is_put_on_again_keeps_its_key_though_none_is_shown(app: Flask, client: FlaskClient) -> None:
    """Else a fault for one caller would hit all."""
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
    assert scenario.key is None, "another scenario begins without"


def test_the_keys_of_two_mocks_on_one_machine_are_kept_apart(client: FlaskClient) -> None:
    client.post("/__mock__/explore", data={"key": "key of one"}, headers={"Host": "localhost:1"})
    shown = [client.get("/__mock__/", headers={"Host": f"localhost:{port}"}).text for port in (1, 2)]
    assert ["key of one" in text for text in shown] == [True, False]


@pytest.mark.parametrize(("loc", "told"), [("null", ""), ("limit", "limit"), ("[query, limit]", "query.limit")])
def test_a_fault_of_any_shape_is_shown(tmp_path: Path, loc: str, told: str) -> None:
    contract = tmp_path / "cats.yaml"
    example = f"{{errors: [{{loc: {loc}, msg: is bad}}]}}"
    conflict = f'        "409": {{description: No., content: {{application/json: {{example: {example}}}}}}}\n'
    contract.write_text(BY_IDENTITY.replace('        "200":\n', f'{conflict}        "200":\n'))
    shown = create_app(contract).test_client().get("/__mock__/?header.Prefer=code%3D409")
    assert shown.status_code == 200
    assert f"<code>{told}</code> is bad" in shown.text
