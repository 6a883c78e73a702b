// Wallet balances with infinite scroll by cursor. One walk runs at a time, with the filters it was started with. All that
// it waits for (an answer, a delay, the reader's scrolling or click) ends when its signal is aborted: so nothing of an
// older walk reaches the page once a newer one has begun.

const PAGE = 25; // balances asked for at once
const TRIES = 5; // of one request, before the reader is asked
const PATIENCE = 30; // seconds that a server may have us wait on our own

const api = (new URLSearchParams(location.search).get("api") || "http://127.0.0.1:4010").replace(/\/+$/, "");
const keyName = `key of ${api}`; // a key goes to no other server than the one it was typed in for
const at = (id) => document.getElementById(id);

let running = new AbortController();

/** Begin again from the first page, with the filters as they are now. */
async function start() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  clear();
  try {
    await walk({ chain_id: at("chain").value, token_id: at("token").value.trim() }, signal);
  } catch (error) {
    if (signal.aborted) return;
    stop(error, signal);
    if (!(error instanceof Refusal)) throw error;
  }
}

/** Page after page, each when the reader comes near the end of the list, until there are no more. */
async function walk(filters, signal) {
  const shown = new Set(); // ids, as records may come twice where they move between two requests
  const cursors = new Set([""]);
  for (let after = ""; ; cursors.add(after)) {
    await nearTheEnd(signal);
    const { result, meta } = await load({ ...filters, limit: PAGE, after }, signal);
    append(result.filter(({ id }) => !shown.has(id) && shown.add(id)));
    count(shown.size, meta?.total);
    after = meta?.after;
    if (!after || meta.has_more === false) return finish(shown.size);
    if (cursors.has(after)) throw new Refusal("The server leads in a circle: a cursor came twice.");
  }
}

// The server ----------------------------------------------------------------------------------------------------------

/** An answer that is no page. `again`: the same request may do better later; `wait`: the seconds the server asked for. */
class Refusal extends Error {
  constructor(message, { status = 0, again = false, wait = null } = {}) {
    super(message);
    Object.assign(this, { status, again, wait });
  }
}

/** One page, tried again where that may help: after a pause that doubles, or that the server named, or on a click. */
async function load(query, signal) {
  for (let attempt = 1; ; attempt++) {
    loading(true);
    const { page, error } = await ask(query, signal).then((page) => ({ page }), (error) => ({ error }));
    signal.throwIfAborted();
    loading(false);
    if (page) return page;
    if (!error.again) throw error;
    const wait = error.wait ?? 2 ** (attempt - 2);
    const alone = attempt < TRIES && wait <= PATIENCE;
    report(alone ? `${error.message} Trying again in ${wait} s.` : error.message);
    await pause(alone ? wait : Infinity, signal);
    if (!alone) attempt = 0;
  }
}

/** One request. Throws a `Refusal` for whatever is no page of balances. */
async function ask(query, signal) {
  const url = new URL(`${api}/api/v1/wallets/balances`);
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const key = sessionStorage.getItem(keyName);
  let response, text;
  try {
    response = await fetch(url, { signal, headers: key ? { "X-API-Key": key } : {} });
    text = await response.text();
  } catch {
    throw new Refusal(response ? "The answer broke off." : "The server cannot be reached.", { again: true });
  }
  const page = parsed(text);
  if (!response.ok) throw refusal(response, page);
  if (!Array.isArray(page?.result)) throw new Refusal("The answer was cut off, or is no list.", { again: true });
  return page;
}

function refusal({ status, headers }, body) {
  const again = status === 429 || status >= 500;
  const wait = again ? secondsOf(headers.get("Retry-After")) : null;
  const asked = wait > PATIENCE ? ` It asks to wait for ${wait} s.` : "";
  if (status === 429) return new Refusal(`That was too much for the server.${asked}`, { status, again, wait });
  if (again) return new Refusal(`The server failed (${status}).${asked}`, { status, again, wait });
  const detail = body?.error?.detail ?? [];
  const faults = Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc.at(-1)}: ${msg}`) : [];
  return new Refusal([`The server refused this (${status}).`, ...faults].join(" "), { status });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `Retry-After` is a number of seconds, or a date. Another origin sees it only where the server exposes it. */
function secondsOf(header) {
  if (!header) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? null : Math.max(seconds, 0);
}

// What a walk waits for -----------------------------------------------------------------------------------------------

/** A promise that `begin(done)` fulfils by calling `done`, and the signal rejects; `begin` returns what tidies up. */
function until(signal, begin) {
  return new Promise((resolve, reject) => {
    const tidy = begin(() => settle(resolve));
    const aborted = () => settle(() => reject(signal.reason));
    const settle = (how) => {
      signal.removeEventListener("abort", aborted);
      tidy();
      how();
    };
    signal.addEventListener("abort", aborted);
  });
}

/** Some seconds, or less if the reader clicks on Retry. */
const pause = (seconds, signal) => until(signal, (done) => {
  const timer = Number.isFinite(seconds) ? setTimeout(done, seconds * 1000) : undefined;
  at("retry").addEventListener("click", done);
  return () => {
    clearTimeout(timer);
    at("retry").removeEventListener("click", done);
  };
});

/** A new observer first says how things are: a page too short to fill the window is followed by the next at once. */
const nearTheEnd = (signal) => until(signal, (done) => {
  const observer = new IntersectionObserver(([end]) => end.isIntersecting && done(), { rootMargin: "300px" });
  observer.observe(at("end"));
  return () => observer.disconnect();
});

// What the reader sees ------------------------------------------------------------------------------------------------

const amounts = new Intl.NumberFormat(undefined, { maximumFractionDigits: 20 }); // exact, as it is given text
const times = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const tokens = new Set();

function clear() {
  loading(false);
  at("balances").replaceChildren();
  at("count").textContent = "";
  at("problem").hidden = at("ask").hidden = true;
  at("forget").hidden = !sessionStorage.getItem(keyName);
}

function loading(on) {
  if (on) at("problem").hidden = true;
  at("balances").setAttribute("aria-busy", on);
  at("end").classList.toggle("loading", on);
  at("end").textContent = on ? "Loading…" : "";
}

function append(balances) {
  at("balances").append(...balances.map(row));
  for (const { token_id: token } of balances) {
    if (!tokens.has(token)) at("tokens").append(new Option(token, token));
    tokens.add(token);
  }
}

/** A total is optional, and where records come and go it may be less than what was shown. */
function count(shown, total) {
  const noun = (total ?? shown) === 1 ? "balance" : "balances";
  at("count").textContent = total > shown ? `${shown} of ${total} ${noun}` : `${shown} ${noun}`;
}

function finish(shown) {
  if (!shown) at("count").textContent = "No balances match.";
  at("end").textContent = shown ? "That is all." : "";
}

function report(message) {
  at("reason").textContent = message;
  at("problem").hidden = false;
}

/** The walk cannot go on: ask for a key, or say why and begin again on a click. */
function stop(error, signal) {
  if (error.status !== 401) {
    report(error.message);
    at("retry").addEventListener("click", start, { once: true, signal });
    return;
  }
  const refused = sessionStorage.getItem(keyName);
  at("asked").textContent = refused ? "The server does not accept this key." : "The server asks for a key.";
  at("ask").hidden = false;
  at("key").focus();
}

function row(balance) {
  const item = at("row").content.firstElementChild.cloneNode(true);
  const put = (selector, text) => Object.assign(item.querySelector(selector), { textContent: text });
  const symbol = balance.token_id.split("_").at(-1);
  item.dataset.id = balance.id;
  put(".coin", symbol[0]).style.setProperty("--hue", hue(symbol));
  put(".token strong", balance.token_id);
  put(".chain", chainName(balance.chain_id));
  put(".wallet code", shortened(balance.address)).title = balance.address;
  put("time", times.format(new Date(balance.updated_at))).dateTime = balance.updated_at;
  put(".amount strong", amounts.format(balance.amount));
  const rest = ["pending", "locked"].filter((part) => Number(balance[part]));
  put(".rest", rest.map((part) => `${amounts.format(balance[part])} ${part}`).join(" · "));
  return item;
}

const hue = (text) => [...text].reduce((sum, letter) => (sum * 137 + letter.charCodeAt()) % 360, 0);

const shortened = (text) => (text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text);

function chainName(id) {
  const option = [...at("chain").options].find(({ value }) => value === id);
  return option?.textContent ?? id ?? "chain not known";
}

// What the reader does ------------------------------------------------------------------------------------------------

let typing;

at("chain").addEventListener("change", start);
at("token").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(start, 250);
});
at("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  start();
});
at("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(keyName, at("key").value);
  at("ask").reset();
  start();
});
at("forget").addEventListener("click", () => {
  sessionStorage.removeItem(keyName);
  start();
});

at("source").textContent = api;
start();
