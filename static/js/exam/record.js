// What must not be lost: the journal on this device, the server's clock, and the sending.
// Nothing here touches the page; `main.js` is told what happened and says it.

const DATABASE = "cutscore";
const KEEP_MS = 22 * 86_400_000; // a day longer than practice stays open
const BATCH_BYTES = 50_000; // the server takes 64 kB, keepalive requests too
const REQUEST_MS = 15_000;
const LONGEST_PAUSE = 3_000; // whoever is back hears of every page within five seconds
const PAGES = "cutscore-attempt-";

// Journal ---------------------------------------------------------------------

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });

async function openDatabase() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("changes", { keyPath: ["scope", "seq"] });
    request.result.createObjectStore("attempts", { keyPath: "scope" });
  };
  return done(request);
}

const rangeOf = (scope) => IDBKeyRange.bound([scope, 0], [scope, Infinity]);

/** Every change of one person's attempt, on disk before it is sent. */
export class Journal {
  constructor(scope) {
    this.scope = scope;
    this.entries = [];
    this.about = { scope };
    this.durable = false;
  }

  /** Opens the journal; where the browser refuses, it lives in memory and says so. */
  static async open(scope) {
    const journal = new Journal(scope);
    try {
      journal.database = await openDatabase();
      await forgetOld(journal.database, scope);
      await journal.reload();
      journal.durable = true;
    } catch {
      journal.database = null;
    }
    // Also where the browser has thrown its data base away: a reload is not another window.
    journal.about.sitting ??= Number(globalThis.sessionStorage?.getItem(scope)) || null;
    return journal;
  }

  /** Reads again from disk: another tab of this browser may have written. */
  async reload() {
    if (!this.database) return;
    const before = this.entries;
    const stores = this.database.transaction(["changes", "attempts"]);
    const stored = await done(stores.objectStore("changes").getAll(rangeOf(this.scope)));
    // What was chosen or dropped here while the disk was read is newer than what it told.
    const added = this.entries.filter((entry) => !before.includes(entry));
    const gone = before.filter((entry) => !this.entries.includes(entry));
    const known = new Set([...added, ...gone].map(({ seq }) => seq));
    this.entries = [...stored.filter(({ seq }) => !known.has(seq)), ...added];
    this.about = (await done(stores.objectStore("attempts").get(this.scope))) ?? this.about;
  }

  get unsent() {
    return this.entries.filter((entry) => !entry.synced && !entry.refused && !entry.held);
  }

  /** Left over from before another sitting: used only if the candidate says so. */
  get held() {
    return this.entries.filter((entry) => entry.held);
  }

  get refused() {
    return this.entries.filter((entry) => entry.refused);
  }

  /** The newest entry of each position, whatever became of it. */
  latest() {
    return new Map(this.entries.map((entry) => [entry.position, entry]));
  }

  async add(entry) {
    const replaced = this.collapsible(entry);
    entry.quiet &&= replaced?.quiet ?? true;
    this.entries = [...this.entries.filter((old) => old !== replaced), entry];
    await this.write(replaced ? [replaced] : [], [entry]);
  }

  /** A change of note, flag or time may replace the one before it; a choice never goes. */
  collapsible(entry) {
    const before = this.unsent.findLast((old) => old.position === entry.position);
    return before && !before.choice && !before.sent && !entry.choice ? before : null;
  }

  /** Marks what the server has; of a synced position only the newest entry is kept. */
  async settle(entries, mark) {
    const settled = new Set(entries);
    entries.forEach((entry) => Object.assign(entry, mark));
    const latest = new Set(this.latest().values());
    const gone = this.entries.filter((old) => old.synced && !latest.has(old));
    this.entries = this.entries.filter((old) => !gone.includes(old));
    await this.write(gone, [...settled].filter((entry) => !gone.includes(entry)));
  }

  /** After a restore the server holds less than it acknowledged: that is to be sent again. */
  async recall(stored) {
    const lost = this.entries.filter((entry) => entry.synced && entry.seq > (stored[entry.position]?.seq ?? 0));
    if (lost.length) await this.settle(lost, { synced: false });
  }

  /** Gives unsent entries new numbers, when they are used over a newer sitting. */
  async renumber(entries, next) {
    const fresh = entries.map((entry, step) => ({ ...entry, seq: next + step, sent: false }));
    await this.drop(entries);
    this.entries.push(...fresh);
    await this.write([], fresh);
    return next + fresh.length;
  }

  async drop(entries) {
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
    await this.write(entries, []);
  }

  async remember(facts) {
    Object.assign(this.about, facts, { touched: Date.now() });
    if (facts.sitting) globalThis.sessionStorage?.setItem(this.scope, facts.sitting);
    await this.write([], []);
  }

  async write(removed, added) {
    if (!this.database) return;
    try {
      const stores = this.database.transaction(["changes", "attempts"], "readwrite", {
        durability: "strict",
      });
      const changes = stores.objectStore("changes");
      removed.forEach(({ seq }) => changes.delete([this.scope, seq]));
      added.forEach((entry) => changes.put({ ...entry, scope: this.scope }));
      stores.objectStore("attempts").put({ ...this.about, touched: Date.now() });
      // At once: who is left by its candidate now may stand still before it is asked, and a
      // transaction that waits keeps the next page from reading (WebKit).
      stores.commit?.();
      await new Promise((resolve, reject) => {
        stores.oncomplete = resolve;
        stores.onabort = stores.onerror = () => reject(stores.error);
      });
    } catch {
      this.durable = false; // a full disk: the page says it and goes on from memory
    }
  }

  async clear() {
    this.entries = [];
    if (this.database) await eraseScope(this.database, this.scope);
  }
}

async function eraseScope(database, scope) {
  const stores = database.transaction(["changes", "attempts"], "readwrite");
  stores.objectStore("changes").delete(rangeOf(scope));
  await done(stores.objectStore("attempts").delete(scope));
}

async function forgetOld(database, own) {
  const attempts = await done(database.transaction("attempts").objectStore("attempts").getAll());
  const old = attempts.filter(({ scope, touched }) => scope !== own && Date.now() - touched > KEEP_MS);
  await Promise.all(old.map(({ scope }) => eraseScope(database, scope)));
}

/** How many changes on this device never reached the server, over all attempts. */
export async function unsentChanges() {
  try {
    const database = await openDatabase();
    const all = await done(database.transaction("changes").objectStore("changes").getAll());
    database.close();
    return all.filter((entry) => !entry.synced && !entry.refused).length;
  } catch {
    return 0;
  }
}

/** Takes one person's changes off this device, sent or not: the account goes. */
export async function forgetPerson(person) {
  const database = await openDatabase();
  const attempts = await done(database.transaction("attempts").objectStore("attempts").getAll());
  const own = attempts.filter(({ scope }) => scope.startsWith(`${person}:`));
  await Promise.all(own.map(({ scope }) => eraseScope(database, scope)));
  database.close();
}

/** Removes what lets exam pages be loaded offline, copy and worker: of one attempt, or of all. */
export async function forgetPages(attempt = null) {
  if (!("caches" in globalThis)) return;
  const names = attempt ? [`${PAGES}${attempt}`] : (await caches.keys()).filter((name) => name.startsWith(PAGES));
  await Promise.all(names.map((name) => caches.delete(name)));
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  const own = workers.filter(({ scope }) => !attempt || scope.endsWith(`/attempts/${attempt}/`));
  await Promise.all(own.map((worker) => worker.unregister()));
}

/** Keeps a copy of the open page and its static files for a reload without a connection. */
export async function keepPage(attempt, html, policy) {
  // For this page alone: with a wider scope the browser would ask for the worker on every page.
  await navigator.serviceWorker.register("/sw.js", { scope: location.pathname });
  const cache = await caches.open(`${PAGES}${attempt}`);
  const headers = { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy };
  await cache.put(location.pathname, new Response(html, { headers }));
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const files = [...loaded, ...[...document.images].map(({ src }) => src)].map((name) => new URL(name));
  const own = files.filter((url) => url.origin === location.origin && /^\/(static|pictures)\//.test(url.pathname));
  await cache.addAll([...new Set(own.map(String))].map((url) => new Request(url, { cache: "force-cache" })));
}

// Clock -----------------------------------------------------------------------

/** Milliseconds since the attempt began, by the server's clock and a monotonic one here. */
export class Clock {
  constructor({ started_at, deadline_ms, elapsed_ms }) {
    this.startedAt = Date.parse(started_at);
    this.deadline = deadline_ms;
    this.confirmed = false; // whether the server was asked since this page was loaded
    this.anchor(elapsed_ms, performance.now());
  }

  anchor(elapsed, at) {
    this.base = elapsed - at; // elapsed = performance.now() + base
    this.wall = Date.now();
    this.tickAt = performance.now();
    this.trusted = true;
  }

  /** An answer of the server, half a round trip ago. */
  correct({ elapsed_ms, deadline_ms }, sentAt) {
    const now = performance.now();
    this.anchor(elapsed_ms, (sentAt + now) / 2);
    this.confirmed = true;
    this.deadline = deadline_ms;
  }

  /** After a reload without a connection: what passed on the device since the last answer. */
  resume({ elapsed, wall }) {
    const passed = Math.max(0, Date.now() - wall);
    if (elapsed + passed > this.elapsed) this.anchor(elapsed + passed, performance.now());
  }

  get elapsed() {
    return Math.max(0, Math.round(performance.now() + this.base));
  }

  get remaining() {
    return this.deadline - this.elapsed;
  }

  at(elapsed) {
    return new Date(this.startedAt + elapsed);
  }

  /** Whether the device slept or its clock was moved since the last tick: then ask first. */
  jumped() {
    const now = performance.now();
    const steady = now - this.tickAt;
    const moved = Math.abs(Date.now() - this.wall - steady) > 3_000;
    const jumped = moved || steady > 90_000;
    this.tickAt = now;
    this.wall = Date.now();
    if (jumped) this.trusted = false;
    return jumped;
  }
}

// Sending ---------------------------------------------------------------------

const cookie = (name) => document.cookie.match(`(?:^|;\\s*)${name}=([^;]*)`)?.[1];

/** The CSRF token at this moment: signing in elsewhere rotates it. One without the prefix may have
 *  been left behind, or set by another host. */
const csrfToken = () => decodeURIComponent(cookie("__Host-csrftoken") ?? cookie("csrftoken") ?? "");

/** POSTs JSON; status 0 means that no usable answer came. */
export async function post(url, body, { keepalive = false } = {}) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      keepalive,
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const wait = Number(response.headers.get("Retry-After")) * 1000 || 0;
    const answer = await response.json().catch(() => null);
    return { status: answer || !response.ok ? response.status : 0, body: answer ?? {}, wait };
  } catch {
    return { status: 0, body: {}, wait: 0 };
  }
}

// What is undefined is left out: an exam's responses know nothing of practice.
const wire = ({ position, seq, at_ms, spent_ms, selected, eliminated, flagged, note, highlights, confidence, checked, miss }) =>
  ({ position, seq, at_ms, spent_ms, selected, eliminated, flagged, note, highlights, confidence, checked, miss });

const bytes = (value) => new Blob([JSON.stringify(value)]).size;

/** The oldest unsent changes that fit into one request. */
export function batchOf(entries, most = Infinity) {
  let size = 100;
  const fits = (entry) => (size += bytes(wire(entry)) + 1) < BATCH_BYTES;
  const sorted = [...entries].sort((a, b) => a.seq - b.seq).slice(0, most);
  const end = sorted.findIndex((entry) => !fits(entry));
  return end < 0 ? sorted : sorted.slice(0, Math.max(end, 1));
}

const newToken = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What names a claim whose answer did not come, for this window alone, across a reload. A tab that
 *  was duplicated has a copy of it and was not reloaded: it is another window. */
class ClaimToken {
  constructor(scope) {
    this.name = `${scope}:claim`;
    const [how] = performance.getEntriesByType("navigation");
    this.value = how?.type === "reload" ? globalThis.sessionStorage?.getItem(this.name) : null;
  }

  /** Also what comes again: the server knows it by that. */
  use() {
    this.value ??= newToken();
    globalThis.sessionStorage?.setItem(this.name, this.value);
    return this.value;
  }

  forget() {
    this.value = null;
    globalThis.sessionStorage?.removeItem(this.name);
  }
}

/** Milliseconds until a save is tried again: 1, 2, then every 3 seconds, and what the server asks
 *  for. Pages that failed together come back apart: `chance` (0 to 1) spreads each over half of it. */
export function pauseAfter(failures, asked, chance) {
  const step = Math.min(1_000 * 2 ** Math.min(Math.max(failures - 1, 0), 2), LONGEST_PAUSE);
  return Math.max((step * (1 + chance)) / 2, asked * (1 + chance / 2));
}

export class Sync {
  constructor({ urls, journal, clock, tell }) {
    Object.assign(this, { urls, journal, clock, tell });
    this.sitting = journal.about.sitting ?? null;
    this.token = new ClaimToken(journal.scope);
    this.claimed = false;
    this.forced = false; // whether the next claim takes over from a live sitting
    this.stopped = false;
    this.failures = 0;
    this.most = Infinity;
  }

  /** A new change: on disk first, then on its way. */
  async record(entry, { quiet = false } = {}) {
    await this.journal.add(entry);
    this.tell.kept();
    if (!quiet && !this.failures) this.wake(250);
  }

  wake(delay = 0) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.run(), delay);
  }

  takeOver() {
    this.token.forget();
    Object.assign(this, { claimed: false, forced: true, stopped: false, failures: 0 });
    this.wake();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One request at a time; what comes meanwhile goes with the next. */
  async run() {
    if (this.busy) return (this.again = true);
    this.busy = true;
    this.again = false;
    const wait = await this.step().catch(() => this.backOff(0));
    this.busy = false;
    this.wake(this.again ? 0 : wait);
  }

  async step() {
    if (!this.claimed && !(await this.claim())) return this.backOff(this.wait);
    if (this.journal.about.ended) return this.submit();
    return this.fresh() ? this.rest() : this.save();
  }

  /** Just after a claim the answer is in hand: no need to ask again. */
  fresh() {
    const fresh = this.justClaimed && !this.journal.unsent.length;
    this.justClaimed = false;
    return fresh;
  }

  async claim() {
    const sentAt = performance.now();
    const body = { v: 1, previous: this.sitting, take_over: this.forced, token: this.token.use() };
    const answer = await post(this.urls.claim, body);
    this.wait = answer.wait;
    if (answer.status === 200 || answer.status === 409) this.token.forget();
    if (answer.status !== 200) return this.trouble(answer), false;
    this.clock.correct(answer.body, sentAt);
    const before = this.sitting;
    this.sitting = answer.body.sitting;
    // Nobody sat in between when the number rose by one from ours (or from nothing).
    const unbroken = this.sitting === (before ?? 0) + 1;
    await this.journal.remember({ sitting: this.sitting });
    this.claimed = this.justClaimed = true;
    this.failures = 0;
    this.forced = false;
    await this.tell.claimed(answer.body, unbroken);
    return true;
  }

  async save() {
    const batch = batchOf(this.journal.unsent, this.most);
    batch.forEach((entry) => (entry.sent = true));
    const sentAt = performance.now();
    const slow = setTimeout(() => batch.length && this.tell.saving(), 1_000);
    const answer = await post(this.urls.sync, this.letter(batch));
    clearTimeout(slow);
    if (answer.status !== 200) return this.failed(answer, batch);
    await this.accepted(answer.body, batch, sentAt);
    if (batch.length && batch.every((entry) => this.journal.unsent.includes(entry))) this.failures = 1;
    return this.rest();
  }

  /** Ending the exam: the last changes go with it, and it is repeated until it is answered. */
  async submit() {
    if (this.journal.about.ended.by === "clock" && (await this.reopened())) return this.rest();
    if (this.failures || this.stopped) return this.backOff(this.wait);
    while (this.journal.unsent.length > batchOf(this.journal.unsent).length) {
      const left = this.journal.unsent.length;
      const wait = await this.save();
      if (this.failures || this.stopped || this.journal.unsent.length >= left) return wait;
    }
    const batch = batchOf(this.journal.unsent);
    const sentAt = performance.now();
    const answer = await post(this.urls.submit, this.letter(batch));
    if (answer.status !== 200) return this.failed(answer, batch);
    await this.accepted(answer.body, batch, sentAt);
    this.stop();
    await this.tell.submitted(answer.body);
    return 0;
  }

  /** The clock here ended the exam: the server may have added minutes meanwhile. */
  async reopened() {
    await this.save();
    if (this.failures || this.stopped || this.clock.remaining <= 0) return false;
    await this.journal.remember({ ended: null });
    this.tell.reopened();
    return true;
  }

  letter(batch) {
    return { v: 1, sitting: this.sitting, changes: batch.map(wire) };
  }

  async accepted(body, batch, sentAt) {
    this.clock.correct(body, sentAt);
    this.failures = 0;
    this.most = Infinity;
    const late = new Set(body.late);
    const at = (answer) => (entry) => entry.seq <= (answer?.[entry.position] ?? 0);
    const newest = Object.fromEntries(
      Object.entries(body.newer ?? {}).map(([position, { seq }]) => [position, seq]),
    );
    await this.journal.settle(batch.filter(at(body.acked)), { synced: true });
    await this.journal.settle(
      batch.filter((entry) => !entry.synced && late.has(entry.position)),
      { refused: "late" },
    );
    await this.journal.drop(this.journal.unsent.filter(at(newest)));
    await this.journal.remember({ seen: { elapsed: this.clock.elapsed, wall: Date.now() } });
    const loud = batch.filter((entry) => entry.synced && !entry.quiet);
    this.tell.saved(body, new Set(loud.map(({ position }) => position)).size);
  }

  /** When to speak next: at once if changes wait, else to ask the clock. */
  rest() {
    if (this.journal.unsent.some((entry) => !entry.quiet)) return this.failures ? this.backOff(0) : 250;
    return this.clock.remaining < 300_000 ? 15_000 : 60_000;
  }

  failed(answer, batch) {
    if (answer.status === 409 && answer.body.error === "forgotten") return (this.claimed = false), 0;
    if ((answer.status === 413 || answer.status === 422) && batch.length) return this.isolate(answer, batch);
    this.trouble(answer);
    return this.backOff(answer.wait);
  }

  /** A refused batch goes again one by one, so that one bad change holds up no other. */
  async isolate(answer, batch) {
    if (batch.length > 1) return (this.most = 1), 0;
    await this.journal.settle(batch, { refused: answer.body.detail || "invalid" });
    this.tell.refused();
    return 0;
  }

  trouble(answer) {
    this.failures += 1;
    if (answer.status === 409) this.stop();
    this.tell.trouble(answer);
  }

  backOff(wait) {
    return pauseAfter(this.failures, wait ?? 0, Math.random());
  }

  /** The page is going away: what is unsent travels on its own. */
  leave() {
    const batch = batchOf(this.journal.unsent);
    if (batch.length && this.claimed && !this.stopped) {
      post(this.urls.sync, this.letter(batch), { keepalive: true });
    }
  }
}
