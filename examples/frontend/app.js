// Wallet balances with infinite scroll by cursor. One walk runs at a time, with the filters it was started with. All that
// it waits for (an answer, a delay, scrolling, a click) ends when its signal is aborted. So nothing of an older walk
// reaches the page once a new one has begun.

const PAGE_SIZE = 25;
const MAX_TRIES = 5; // of one request, before the Retry button is shown
const MAX_WAIT = 30; // seconds of waiting that a server may demand without a click

const api = (new URLSearchParams(location.search).get("api") || "http://127.0.0.1:4010").replace(/\/+$/, "");
const keyName = `key of ${api}`; // a key is sent only to the server that it was entered for
const element = (id) => document.getElementById(id);

let running = new AbortController();

/** Start a new walk from the first page, with the current filters. */
async function start() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  clear();
  try {
    await walk({ chain_id: element("chain").value, token_id: element("token").value.trim() }, signal);
  } catch (error) {
    if (signal.aborted) return;
    stop(error, signal);
    if (!(error instanceof Refusal)) throw error;
  }
}

/** Load page after page, each when the reader is near the end of the list, until there are no more. */
async function walk(filters, signal) {
  const shown = new Set(); // ids: a record that moves between two requests may come twice
  const cursors = new Set([""]);
  for (let after = ""; ; cursors.add(after)) {
    await nearTheEnd(signal);
    const { result, meta } = await load({ ...filters, limit: PAGE_SIZE, after }, signal);
    append(addUnseen(result, shown));
    showCount(shown.size, meta?.total);
    after = meta?.after;
    if (!after || meta.has_more === false) return finish(shown.size);
    if (cursors.has(after)) throw new Refusal("The server repeated a cursor.");
  }
}

/** Return the records whose ids were not seen before, and add their ids to `seen`. */
function addUnseen(records, seen) {
  const unseen = [];
  for (const record of records) {
    if (!seen.has(record.id)) unseen.push(record);
    seen.add(record.id);
  }
  return unseen;
}

// The server ----------------------------------------------------------------------------------------------------------

/** An answer that is not a page. `retry`: the same request may succeed later; `wait`: seconds that the server demands. */
class Refusal extends Error {
  constructor(message, { status = 0, retry = false, wait = null } = {}) {
    super(message);
    Object.assign(this, { status, retry, wait });
  }
}

/** Load one page. Retries if that may help: after a pause that doubles or that the server demands, or on a click. */
async function load(query, signal) {
  for (let attempt = 1; ; attempt++) {
    loading(true);
    const { page, error } = await fetchPage(query, signal).then((page) => ({ page }), (error) => ({ error }));
    signal.throwIfAborted();
    loading(false);
    if (page) return page;
    if (!error.retry) throw error;
    const wait = error.wait ?? 2 ** (attempt - 2);
    const automatic = attempt < MAX_TRIES && wait <= MAX_WAIT;
    report(automatic ? `${error.message} Retrying in ${wait} s.` : error.message);
    await pause(automatic ? wait : Infinity, signal);
    if (!automatic) attempt = 0;
  }
}

/** Send one request. Throws a `Refusal` if the answer is not a page of balances. */
async function fetchPage(query, signal) {
  const url = new URL(`${api}/api/v1/wallets/balances`);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const key = sessionStorage.getItem(keyName);
  let response, text;
  try {
    response = await fetch(url, { signal, headers: key ? { "X-API-Key": key } : {} });
    text = await response.text();
  } catch {
    throw new Refusal(response ? "The answer was cut off." : "The server cannot be reached.", { retry: true });
  }
  const page = parsed(text);
  if (!response.ok) throw refusal(response, page);
  if (!Array.isArray(page?.result)) throw new Refusal("The answer was cut off, or is not a list.", { retry: true });
  return page;
}

function refusal({ status, headers }, body) {
  const retry = status === 429 || status >= 500;
  const wait = retry ? secondsOf(headers.get("Retry-After")) : null;
  const demand = wait > MAX_WAIT ? ` It demands to wait for ${wait} s.` : "";
  if (status === 429) return new Refusal(`Too many requests.${demand}`, { status, retry, wait });
  if (retry) return new Refusal(`The server failed (${status}).${demand}`, { status, retry, wait });
  const detail = body?.error?.detail ?? [];
  const faults = Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`) : [];
  return new Refusal([`The server refused the request (${status}).`, ...faults].join(" "), { status });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Parse `Retry-After`: a number of seconds, or a date. A page of another origin sees it only if the server exposes it. */
function secondsOf(header) {
  if (!header) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? null : Math.max(seconds, 0);
}

// Waiting -----------------------------------------------------------------------------------------------------------

/** A promise that is fulfilled by calling `done`, or rejected by the signal. `begin(done)` returns a cleanup function. */
function until(signal, begin) {
  return new Promise((resolve, reject) => {
    const cleanUp = begin(() => settle(resolve));
    const aborted = () => settle(() => reject(signal.reason));
    const settle = (finish) => {
      signal.removeEventListener("abort", aborted);
      cleanUp();
      finish();
    };
    signal.addEventListener("abort", aborted);
  });
}

/** Wait some seconds, or until the reader clicks on Retry. */
const pause = (seconds, signal) => until(signal, (done) => {
  const timer = Number.isFinite(seconds) ? setTimeout(done, seconds * 1000) : undefined;
  element("retry").addEventListener("click", done);
  return () => {
    clearTimeout(timer);
    element("retry").removeEventListener("click", done);
  };
});

/** A new observer reports the current state first: so a page that does not fill the window is followed by the next. */
const nearTheEnd = (signal) => until(signal, (done) => {
  const observer = new IntersectionObserver(([end]) => end.isIntersecting && done(), { rootMargin: "300px" });
  observer.observe(element("end"));
  return () => observer.disconnect();
});

// Output ------------------------------------------------------------------------------------------------------------

const amounts = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 }); // exact, because it is given a text
const times = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const tokens = new Set();

function clear() {
  loading(false);
  element("balances").replaceChildren();
  element("count").textContent = "";
  element("problem").hidden = element("key-form").hidden = true;
  element("forget").hidden = !sessionStorage.getItem(keyName);
}

function loading(on) {
  if (on) element("problem").hidden = true;
  element("balances").setAttribute("aria-busy", on);
  element("end").classList.toggle("loading", on);
  element("end").textContent = on ? "Loading…" : "";
}

function append(balances) {
  element("balances").append(...balances.map(row));
  for (const { token_id: token } of balances) {
    if (!tokens.has(token)) element("tokens").append(new Option(token, token));
    tokens.add(token);
  }
}

/** The total is optional, and may be less than the number shown if records disappear. */
function showCount(shown, total) {
  const noun = (total ?? shown) === 1 ? "balance" : "balances";
  element("count").textContent = total > shown ? `${shown} of ${total} ${noun}` : `${shown} ${noun}`;
}

function finish(shown) {
  if (!shown) element("count").textContent = "No balances match.";
  element("end").textContent = shown ? "End of the list." : "";
}

function report(message) {
  element("reason").textContent = message;
  element("problem").hidden = false;
}

/** The walk has failed: ask for a key, or show the reason and start a new walk on a click. */
function stop(error, signal) {
  if (error.status !== 401) {
    report(error.message);
    element("retry").addEventListener("click", start, { once: true, signal });
    return;
  }
  const isRefused = sessionStorage.getItem(keyName);
  element("key-reason").textContent = isRefused ? "The server does not accept this key." : "The server needs a key.";
  element("key-form").hidden = false;
  element("key").focus();
}

function row(balance) {
  const item = element("row").content.firstElementChild.cloneNode(true);
  const setText = (selector, text) => Object.assign(item.querySelector(selector), { textContent: text });
  const symbol = balance.token_id.split("_").at(-1);
  item.dataset.id = balance.id;
  setText(".coin", symbol[0]).style.setProperty("--hue", hue(symbol));
  setText(".token strong", balance.token_id);
  setText(".chain", chainName(balance.chain_id));
  setText(".wallet code", shortened(balance.address)).title = balance.address;
  setText("time", times.format(new Date(balance.updated_at))).dateTime = balance.updated_at;
  setText(".amount strong", amounts.format(balance.amount));
  const rest = ["pending", "locked"].filter((part) => Number(balance[part]));
  setText(".rest", rest.map((part) => `${amounts.format(balance[part])} ${part}`).join(" · "));
  return item;
}

const hue = (text) => [...text].reduce((sum, letter) => (sum * 137 + letter.charCodeAt()) % 360, 0);

const shortened = (text) => (text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text);

function chainName(id) {
  const option = [...element("chain").options].find(({ value }) => value === id);
  return option?.textContent ?? id ?? "unknown chain";
}

// Input -------------------------------------------------------------------------------------------------------------

let typing;

element("chain").addEventListener("change", start);
element("token").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(start, 250);
});
element("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  start();
});
element("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(keyName, element("key").value);
  element("key-form").reset();
  start();
});
element("forget").addEventListener("click", () => {
  sessionStorage.removeItem(keyName);
  start();
});

element("source").textContent = api;
start();
