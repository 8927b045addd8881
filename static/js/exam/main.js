// The sitting: wires the page to the record. The order is always the same:
// the candidate acts, the journal has it, the page shows it, the server gets it.
// Three modules, not more: every file is a request, and the page keeps to eight.

// The other two are imported by the addresses in the page: stored names carry a hash.
const load = (id) => import(document.getElementById(id).href);
const [record, questions] = await Promise.all([load("module-record"), load("module-questions")]);
const { Clock, Journal, Sync, forgetPages, keepPage } = record;
const { $, $$, Paper, emptyResponse, responseOf, say, selectedRange, toggleHighlight, words } = questions;

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'";
const HTML = `<!doctype html>${document.documentElement.outerHTML}`; // before anything is drawn
const state = JSON.parse($("#sitting-state").textContent);
const scope = `${state.person}:${state.attempt}`;
const clock = new Clock(state);
const paper = new Paper(state.responses);
// Practice adds a fourth module; an exam never loads it.
const coach = state.practice
  ? (await load("module-coach")).makeCoach(questions, {
      paper,
      commit,
      speak,
      atOnce: state.practice.at_once,
      isOpen: () => !readOnly,
    })
  : null;
const journal = await Journal.open(scope);
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`cutscore-${scope}`) : null;
const thresholds = [30, 10, 5, 1];
const RENEW_MS = 60_000;

let sequence = 0;
let shownAt = 0; // when the open question came on screen, by performance.now()
let readOnly = true;
let noteTimer = 0;
let knownDeadline = state.deadline_ms;
let kept = false; // whether a copy of the page was put aside for a reload without connection
let renewing = false; // whether the page reloads itself, with everything in the journal
let striking = 0; // until when a letter means "strike out"

const timeZone = knownZone(document.body.dataset.timeZone); // the profile's, else the device's
const time = (date) => date.toLocaleTimeString([], { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const hour = (date) => date.toLocaleTimeString([], { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
function knownZone(name) {
  try {
    return new Intl.DateTimeFormat([], { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Says it to whoever listens to the page, also when it is what was said last. */
function speak(text, urgent = false) {
  const place = $(urgent ? "#urgent" : "#spoken");
  place.textContent = "";
  setTimeout(() => (place.textContent = text), 50);
}

const loud = () => journal.unsent.filter((entry) => !entry.quiet);
const unsentPositions = () => [...new Set(loud().map((entry) => entry.position))].sort((a, b) => a - b);

// What the candidate does ------------------------------------------------------

/** Adds the time the open question was on screen; a sleep of the device does not count. */
function countTime() {
  const now = performance.now();
  const passed = now - shownAt;
  shownAt = now;
  const asking = document.body.dataset.screen === "question" && !document.hidden && !readOnly;
  // Reading why takes its time: what counts is how long the answer took.
  if (asking && passed < 90_000 && !paper.response().checked) paper.response().spent_ms += Math.round(passed);
}

/** Writes one response down; `quiet` ones (time only) travel with the next save. */
function commit(position, { choice = false, quiet = false } = {}) {
  if (readOnly) return;
  countTime();
  const response = paper.response(position);
  response.seq = ++sequence;
  const entry = structuredClone({ ...response, position, at_ms: clock.elapsed, choice, quiet });
  paper.draw(position);
  sync.record(entry, { quiet });
}

function choose(position) {
  const response = paper.response(position);
  response.selected = paper.question(position).chosen();
  response.eliminated = response.eliminated.filter((place) => !response.selected.includes(place));
  commit(position, { choice: true });
}

function clearAnswer() {
  paper.response().selected = [];
  commit(paper.position, { choice: true });
  $("input", paper.question().section).focus();
}

/** An option is chosen or struck out, never both. */
function strike(place) {
  const response = paper.response();
  const struck = response.eliminated.includes(place);
  const chosen = response.selected.includes(place);
  response.eliminated = struck
    ? response.eliminated.filter((other) => other !== place)
    : [...response.eliminated, place].sort();
  response.selected = response.selected.filter((other) => other !== place);
  commit(paper.position, { choice: chosen });
}

function flag() {
  if (readOnly) return;
  paper.response().flagged = !paper.response().flagged;
  commit(paper.position);
}

function writeNote() {
  clearTimeout(noteTimer);
  noteTimer = 0;
  const { value } = $("#note");
  if (readOnly || paper.response().note === value) return;
  paper.response().note = value;
  commit(paper.position);
}

function go(position) {
  if (!(position >= 1 && position <= paper.length)) return; // an address may hold anything
  leaveQuestion();
  paper.show(position);
  hideMarker();
}

function leaveQuestion() {
  writeNote();
  const before = journal.latest().get(paper.position)?.spent_ms ?? -1;
  countTime();
  if (paper.response().spent_ms > before) commit(paper.position, { quiet: true });
}

function review() {
  if (document.body.dataset.screen === "review") return go(paper.position);
  leaveQuestion();
  hideMarker();
  paper.showReview();
}

// Highlighter ------------------------------------------------------------------

let marked = null; // the range the button would act on
let tapped = false; // whether it was offered for a tapped highlight, not for a selection

function offerMarker(range, box) {
  marked = range;
  const inside = paper.response().highlights.some(([from, to]) => from <= range[0] && range[1] <= to);
  const main = $("#question").getBoundingClientRect();
  const button = $("#marker");
  button.textContent = say(inside ? "unhighlight" : "highlight");
  button.hidden = false;
  const left = Math.min(box.left - main.left, main.width - button.offsetWidth - 16);
  button.style.left = `${Math.max(left, 8)}px`;
  button.style.top = `${box.bottom - main.top + $("#question").scrollTop + 10}px`;
}

function hideMarker() {
  marked = null;
  tapped = false;
  $("#marker").hidden = true;
}

function watchSelection() {
  if (readOnly || document.body.dataset.screen !== "question") return hideMarker();
  const range = selectedRange(paper.question().stem);
  if (!range) return tapped || document.activeElement === $("#marker") ? null : hideMarker();
  const boxes = getSelection().getRangeAt(0).getClientRects();
  if (boxes.length) offerMarker(range, boxes[boxes.length - 1]);
}

/** A tap on a highlight offers to take it away. */
function touchMark(event) {
  const mark = event.target.closest(".stem mark");
  if (!mark || readOnly || !getSelection().isCollapsed) return;
  const before = document.createRange();
  before.setStart(paper.question().stem, 0);
  before.setEndBefore(mark);
  const start = before.toString().length;
  tapped = true;
  offerMarker([start, start + mark.textContent.length], mark.getBoundingClientRect());
}

function highlight() {
  const range = selectedRange(paper.question().stem) ?? marked;
  if (!range || readOnly) return;
  const ranges = toggleHighlight(paper.response().highlights, range);
  if (!ranges) return notice("many-highlights", {}, { acts: ["close"] });
  paper.response().highlights = ranges;
  getSelection().removeAllRanges();
  hideMarker();
  commit(paper.position);
}

function clearHighlights() {
  paper.response().highlights = [];
  commit(paper.position);
  $("h1", paper.question().section).focus();
}

// What the page says -------------------------------------------------------------

let noticed = null; // the key of the notice on screen
let trouble = null; // why saving does not work: a key of the words, or null
let receiptAt = null; // the last save: {at, answered}

const away = new Set(["offline", "busy", "outdated", "outdated-memory"]);

/** One notice at a time, where it can be seen and is announced once. */
function notice(key, values = {}, { acts = [], good = false, more = null } = {}) {
  const text = document.createElement("p");
  text.append(words(key, values));
  if (more) text.append(" ", more);
  const banner = $("#banner");
  if (noticed === key && $("p", banner)?.textContent === text.textContent) return;
  noticed = key;
  const icon = $("#receipt .icon").cloneNode(true);
  icon.classList.remove("visually-hidden");
  $("use", icon).setAttribute("href", good ? "#i-tick" : "#i-away");
  const buttons = acts.map((act) => $(`[data-act="${act}"]`, $("#banner-actions").content).cloneNode(true));
  banner.classList.toggle("good", good);
  banner.replaceChildren(...(good || away.has(key) ? [icon] : []), text, ...buttons);
}

function unnotice(...keys) {
  if (keys.length && !keys.includes(noticed)) return;
  noticed = null;
  $("#banner").replaceChildren();
  if (!journal.durable && !readOnly) notice("memory", {}, { acts: ["close"] });
}

function receipt(key, values = {}, look = "") {
  const place = $("#receipt");
  place.className = `receipt ${look}`;
  $("use", place).setAttribute("href", look === "warn" ? "#i-away" : "#i-tick");
  $(".icon", place).classList.toggle("visually-hidden", look === "");
  $("span", place).textContent = say(key, values);
}

function drawReceipt() {
  const [first] = loud();
  if (trouble === "stale" || trouble === "looking") return receipt("read-only");
  if (first && trouble) {
    const key = journal.durable ? "unsaved" : "unsaved-memory";
    return receipt(key, { time: time(clock.at(first.at_ms)) }, "warn");
  }
  if (receiptAt) {
    receipt("saved", { time: time(receiptAt.at), n: String(receiptAt.answered), total: paper.length }, "good");
  }
}

function drawTrouble() {
  const acts = { "signed-out": ["sign-in"], "someone-else": ["sign-in"], looking: ["take"] }[trouble] ?? [];
  notice(trouble, { n: unsentPositions().length }, { acts });
  drawReceipt();
  if (journal.about.ended) drawEnding();
}

// What the record tells -----------------------------------------------------------

const tell = {
  kept() {
    if (!journal.durable && !noticed) notice("memory", {}, { acts: ["close"] });
    if (trouble) drawTrouble();
  },

  saving: () => receipt("saving"),

  async claimed(full, unbroken) {
    await journal.reload();
    await journal.recall(full.responses);
    paper.responses = { ...full.responses };
    if (!unbroken) await holdBack(full.responses);
    overlay(journal.unsent);
    receiptAt = { at: new Date(full.server_time), answered: full.answered };
    if (trouble === "stale" || trouble === "looking" || !loud().length) recovered(0, full.server_time);
    noteDeadline(full);
    channel?.postMessage({ sitting: full.sitting });
    paper.drawAll();
    if (!journal.about.ended) work();
    if (journal.held.length) askUnsent();
    setTimeout(keepOffline, 20_000);
  },

  saved(body, sent) {
    Object.assign(paper.responses, body.newer);
    Object.keys(body.newer ?? {}).forEach((position) => paper.draw(Number(position)));
    sequence = Math.max(sequence, ...Object.values(body.newer ?? {}).map(({ seq }) => seq));
    receiptAt = { at: new Date(body.server_time), answered: body.answered };
    recovered(sent, body.server_time);
    noteDeadline(body);
    drawReceipt();
    if (sent) keepOffline();
  },

  refused() {
    const list = [...new Set(journal.refused.map(({ position }) => position))].join(", ");
    notice("refused", { list }, { acts: ["close"] });
  },

  reopened() {
    paper.show(paper.position);
    work();
  },

  trouble({ status, body }) {
    if (status === 409) return conflict(body);
    if (!sync.claimed && !journal.about.ended && status !== 404) workOffline();
    if (status === 426) return outdated();
    trouble = { 0: navigator.onLine ? "busy" : "offline", 401: "signed-out", 404: "someone-else" }[status] ?? "busy";
    if (status === 403) trouble = sync.failures > 1 ? "signed-out" : null;
    if (trouble) drawTrouble();
  },

  async submitted(body) {
    const { by } = journal.about.ended;
    if (by === "clock" || journal.refused.length) return over(say(by === "clock" ? "time-up" : "over"), body);
    await forget();
    location.replace(body.redirect);
  },
};

function recovered(sent, at) {
  if (!trouble) return;
  const back = ["offline", "busy", "signed-out", "outdated", "outdated-memory"].includes(trouble);
  unnotice(trouble);
  trouble = null;
  if (!back) return;
  notice("connected", { n: sent, time: time(new Date(at)) }, { good: true, acts: ["close"] });
  setTimeout(() => unnotice("connected"), 12_000);
}

function noteDeadline({ deadline_ms }) {
  const added = Math.round((deadline_ms - knownDeadline) / 60_000);
  knownDeadline = deadline_ms;
  if (added <= 0) return;
  notice("added", { n: added, time: hour(clock.at(deadline_ms)) }, { good: true, acts: ["close"] });
}

/** What another sitting left unsaved here is shown and asked about, never sent by itself. */
async function holdBack(stored) {
  const latest = journal.latest();
  const same = (entry) => {
    const response = { ...emptyResponse(), ...stored[entry.position] };
    return ["selected", "eliminated", "flagged", "note", "highlights", "confidence", "checked", "miss"].every(
      (field) => JSON.stringify(response[field]) === JSON.stringify(entry[field]),
    );
  };
  const waiting = journal.unsent;
  const needless = waiting.filter((entry) => same(latest.get(entry.position)));
  await journal.drop(needless);
  await journal.settle(waiting.filter((entry) => !needless.includes(entry)), { held: true });
}

function askUnsent() {
  const positions = [...new Set(journal.held.map(({ position }) => position))].sort((a, b) => a - b);
  const dialog = $("#unsent-dialog");
  $(".unsent-count").textContent = say("unsent", { n: positions.length });
  $(".unsent-list").textContent = say("unsent-list", { list: positions.join(", ") });
  dialog.onclose = () => (dialog.returnValue === "use" ? useHeld() : journal.drop(journal.held));
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
}

async function useHeld() {
  const held = journal.held;
  held.forEach((entry) => (entry.held = false));
  sequence = (await journal.renumber(held, sequence + 1)) - 1;
  overlay(journal.unsent);
  paper.drawAll();
  sync.wake();
}

/** Puts journal entries over the stored responses: what was done here and is not there yet. */
function overlay(entries) {
  for (const entry of entries) {
    if (entry.seq > paper.response(entry.position).seq) {
      paper.responses[entry.position] = responseOf(structuredClone(entry));
    }
  }
  const known = Object.values(paper.responses).map(({ seq }) => seq);
  sequence = Math.max(sequence, ...known, ...journal.entries.map(({ seq }) => seq));
}

// Working, looking on, and the end --------------------------------------------------

function work() {
  readOnly = false;
  shownAt = performance.now();
  paper.readOnly(false);
  drawReceipt();
  unnotice("stale", "looking", "memory");
}

/** The server cannot be asked yet: go on with what this device knows. */
function workOffline() {
  if (!readOnly) return;
  if (journal.about.seen) clock.resume(journal.about.seen);
  work();
}

function lookOnly(key, values = {}) {
  readOnly = true;
  trouble = key;
  hideMarker();
  paper.readOnly(true);
  const n = unsentPositions().length;
  notice(key, values, { acts: ["take"], more: n ? say("unsent", { n }) : null });
  drawReceipt();
}

function conflict({ error, responses, since, redirect, state: now }) {
  if (error === "live") return askClaim(since);
  if (responses) paper.responses = { ...responses };
  paper.drawAll();
  if (error === "closed") return over(say(clock.remaining <= 0 ? "time-up" : "over"), { redirect, responses, now });
  lookOnly("stale", { time: hour(since ? new Date(since) : new Date()) });
}

/** The server speaks another version since a deploy: its page does too, and finds the journal. */
async function outdated() {
  const lost = !journal.durable && loud().length > 0;
  trouble = lost ? "outdated-memory" : "outdated";
  drawTrouble();
  // While servers are exchanged one by one an old page may come again: not over and over then.
  const name = `${scope}:renewed`;
  if (lost || Date.now() - Number(sessionStorage.getItem(name)) < RENEW_MS) return;
  sessionStorage.setItem(name, Date.now());
  leaveQuestion();
  await journal.remember({}); // what was typed last is on disk then
  renewing = true;
  location.reload();
}

function askClaim(since) {
  sync.stop(); // nothing is claimed before the candidate has said so
  const dialog = $("#claim-dialog");
  $(".claim-since").textContent = since ? say("claim-since", { time: time(new Date(since)) }) : "";
  dialog.onclose = () => (dialog.returnValue === "take" ? takeOver() : lookOnly("looking"));
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
}

async function takeOver() {
  await holdLock({ steal: true });
  sync.takeOver();
}

/** One tab of this browser sits; losing the lock means that another one took over. */
function holdLock(options) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const keep = (lock) => {
      resolve(Boolean(lock));
      return lock ? new Promise(() => {}) : null;
    };
    navigator.locks.request(`cutscore-attempt-${state.attempt}`, options, keep).catch(displaced);
  });
}

function displaced() {
  if (document.body.dataset.screen === "over" || trouble === "stale") return;
  sync.leave();
  sync.stop();
  lookOnly("stale", { time: hour(clock.at(clock.elapsed)) });
}

function askEnd() {
  writeNote();
  const open = paper.open;
  const part = paper.incomplete.filter((n) => !open.includes(n));
  const line = (key, list) => {
    const text = document.createElement("p");
    text.append(words(key, { n: list.length, list: list.join(", ") }));
    return text;
  };
  const lines = open.length || !part.length ? [line("end-open", open)] : [];
  if (part.length) lines.push(line("end-part", part));
  if (paper.flagged.length) lines.push(line("end-flagged", paper.flagged));
  $(".end-facts").replaceChildren(...lines);
  const dialog = $("#end-dialog");
  dialog.onclose = () => dialog.returnValue === "end" && end("candidate");
  dialog.returnValue = "";
  dialog.showModal();
}

/** From here nothing changes; what is unsent goes with the request that ends the exam. */
async function end(by) {
  if (journal.about.ended || readOnly) return;
  leaveQuestion();
  readOnly = true;
  await journal.remember({ ended: { by, at: clock.elapsed } });
  $$("dialog[open]").forEach((dialog) => dialog.close());
  drawEnding();
  sync.wake();
}

function drawEnding() {
  const { by, at } = journal.about.ended;
  paper.readOnly(true);
  paper.screen("over");
  $("#over-title").textContent = say(by === "clock" ? "time-up" : "sending");
  $(".over-text").replaceChildren(
    trouble ? words("ended-offline", { time: time(clock.at(Math.min(at, clock.deadline))) }) : words("sending"),
  );
  $("#over-title").focus();
}

async function over(title, { answered, responses, redirect }) {
  readOnly = true;
  sync.stop();
  unnotice(...(noticed ? [noticed] : []));
  paper.readOnly(true);
  paper.screen("over");
  const stored = responses ?? paper.responses;
  const n = answered ?? Object.values(stored).filter(({ selected }) => selected.length).length;
  $("#over-title").textContent = title;
  $(".over-text").textContent = say("handed-in", { n: String(n), total: paper.length });
  drawLate(lateEntries(responses));
  Object.assign($(".over a"), { hidden: false, href: redirect ?? state.urls.result });
  document.title = title;
  $("#over-title").focus();
  await forget();
}

/** The last change of each position that the server did not take, with choices named. */
function lateEntries(responses) {
  const lost = [...journal.refused, ...journal.unsent, ...journal.held].filter((entry) => !entry.quiet);
  const last = new Map(lost.map((entry) => [entry.position, entry]));
  return [...last.values()].filter(
    ({ position, selected }) => String(responses?.[position]?.selected ?? "-") !== String(selected),
  );
}

function drawLate(entries) {
  $(".over-late").textContent = entries.length ? say("late", { n: entries.length }) : "";
  const rows = entries.map(({ position, selected }) => {
    const letters = paper.question(position).letters(selected).join(", ");
    const row = document.createElement("li");
    row.textContent = say(letters ? "late-row" : "late-row-none", { n: String(position), letters });
    return row;
  });
  $(".over-list").replaceChildren(...rows);
}

/** The attempt is closed: copies go; the journal stays only while it holds something unsaved. */
async function forget() {
  await forgetPages(state.attempt);
  if (!lateEntries().length) await journal.clear();
}

/** Once, after the first save: loading the page itself stays light. */
async function keepOffline() {
  if (!navigator.serviceWorker || kept || readOnly) return;
  kept = true;
  await keepPage(state.attempt, HTML, POLICY).catch(() => {}); // without it only a reload needs the network
}

// Clock ----------------------------------------------------------------------------

let hidden = false;
let lastRemaining = Infinity;

function tick() {
  if (document.body.dataset.screen === "over") return;
  if (clock.jumped()) sync.wake();
  countTime();
  const { remaining } = clock;
  if (clock.trusted) drawClock(remaining);
  else $("#clock").textContent = "–:––:––";
  if (clock.trusted && remaining <= 0) clock.confirmed ? end("clock") : sync.wake();
}

function drawClock(remaining) {
  const seconds = Math.max(0, Math.ceil(remaining / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const text = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if ($("#clock").textContent !== text) $("#clock").textContent = text;
  $("#clock").classList.toggle("last", remaining <= 300_000);
  const passed = thresholds.findLast((m) => lastRemaining > m * 60_000 && remaining <= m * 60_000);
  if (passed && lastRemaining < Infinity && remaining > 0) warn(passed);
  lastRemaining = remaining;
}

function warn(minutes) {
  hideClock(false);
  speak(say("minutes", { n: minutes }), minutes === 1);
  sync.wake();
}

function hideClock(yes) {
  hidden = yes;
  $("#clock").classList.toggle("away", yes);
  const button = $("#hide-clock");
  button.setAttribute("aria-label", say(yes ? "show-name" : "hide-name"));
  button.textContent = say(yes ? "show" : "hide");
}

function timeLeft() {
  if (!clock.trusted) return say("clock-unknown");
  const minutes = Math.ceil(clock.remaining / 60_000);
  if (minutes < 60) return say("minutes", { n: minutes });
  return say("hours-left", { h: Math.floor(minutes / 60), m: String(minutes % 60) });
}

/** The time that is left, where there is one, and the receipt. */
function speakState() {
  const saved = $("#receipt span").textContent.replace(" · ", ", ");
  speak(document.body.classList.contains("untimed") ? saved : `${timeLeft()}. ${saved}`);
}

// Keys -----------------------------------------------------------------------------

const singleKeys = {
  n: () => go(paper.position + 1),
  p: () => go(paper.position - 1),
  f: () => (flag(), speak(say(paper.response().flagged ? "flagged" : "unflagged"))),
  h: highlight,
  r: review,
  t: speakState,
  s: () => ((striking = Date.now() + 4_000), speak(say("strike-wait"))),
  "?": () => $("#help-dialog").showModal(),
};

const keysOn = () => localStorage.getItem("cutscore-single-keys") !== "off";

function press(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $("dialog[open]")) return;
  if (target.matches("textarea, input:not([type=radio], [type=checkbox]), select")) return;
  const arrow = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (arrow && target.matches("body, main, h1")) return go(paper.position + arrow);
  if (keysOn() && pressSingle(key.toLowerCase())) event.preventDefault();
}

function pressSingle(key) {
  const asking = document.body.dataset.screen === "question";
  if (document.body.dataset.screen === "over") return false;
  // In practice C checks the answer; the third option has its number.
  const letter = coach && key === "c" ? 0 : "abcde".indexOf(key) + 1;
  const place = "123456".indexOf(key) + 1 || letter;
  if (striking > Date.now() && asking) {
    striking = 0;
    return strikePlace(place || (key === "f" ? 6 : 0));
  }
  if (place && asking) return choosePlace(place);
  const act = singleKeys[key] ?? coach?.keys[key];
  if (!act || (!asking && "fhscu".includes(key))) return false;
  act();
  return true;
}

function choosePlace(place) {
  const input = paper.question().inputs[place - 1];
  if (input && !input.matches(":disabled")) {
    input.click();
    speakPlace(place, input.checked ? "chosen" : "unchosen");
  }
  return Boolean(input);
}

function strikePlace(place) {
  const button = paper.question().strikes[place - 1];
  if (button && !button.matches(":disabled")) {
    button.click();
    speakPlace(place, paper.response().eliminated.includes(place) ? "struck" : "unstruck");
  }
  return Boolean(button);
}

/** Keys leave the focus where it is, so what they did to an option has to be said. */
function speakPlace(place, key) {
  const { select } = paper.question();
  const [letter] = paper.question().letters([place]);
  const many = select > 1 ? `, ${say("state-few", { n: String(paper.response().selected.length), select })}` : "";
  speak(say(key, { letter }) + many);
}

// Wiring ---------------------------------------------------------------------------

function clicked(event) {
  const link = event.target.closest("a[href^='#q']");
  const position = Number(/^#q(\d+)$/.exec(link?.getAttribute("href"))?.[1]);
  if (position) return event.preventDefault(), $("#map-dialog").close(), go(position);
  const button = event.target.closest("button");
  if (button?.matches(".strike")) strike(Number(button.value));
  if (button?.matches(".clear-answer")) clearAnswer();
  if (button?.matches(".clear-marks")) clearHighlights();
  if (button?.matches(".tab")) (paper.filter = button.dataset.filter), paper.drawReview();
  if (button) coach?.clicked(button);
  if (button?.dataset.act === "take") takeOver();
  if (button?.dataset.act === "close") unnotice();
}

function openMap() {
  $(".map-place").append($("#map"));
  $("#map-dialog").showModal();
}

function wire() {
  document.addEventListener("click", clicked);
  document.addEventListener("click", touchMark);
  document.addEventListener("pointerdown", ({ target }) => tapped && target.id !== "marker" && hideMarker());
  document.addEventListener("keydown", press);
  document.addEventListener("change", ({ target }) => target.closest(".opt") && choose(Number(target.name.slice(1))));
  document.addEventListener("selectionchange", () => setTimeout(watchSelection, 120));
  $("#previous").onclick = () => (document.body.dataset.screen === "review" ? go(paper.position) : go(paper.position - 1));
  $("#next").onclick = () => go(paper.position + 1);
  $("#flag").onclick = flag;
  $("#open-review").onclick = review;
  $("#open-map").onclick = openMap;
  $("#map-dialog").onclose = () => $(".map-home").append($("#map"));
  $("#end").onclick = askEnd;
  $("#marker").onpointerdown = (event) => event.preventDefault();
  $("#marker").onclick = highlight;
  $("#hide-clock").onclick = () => hideClock(!hidden);
  $("#help").onclick = () => $("#help-dialog").showModal();
  $("#single-keys").checked = keysOn();
  $("#single-keys").onchange = ({ target }) => localStorage.setItem("cutscore-single-keys", target.checked ? "on" : "off");
  wireNote();
  wireLife();
}

function wireNote() {
  $("#note").oninput = () => {
    paper.countNote();
    clearTimeout(noteTimer);
    noteTimer = setTimeout(writeNote, 800);
  };
  $("#note").onblur = writeNote;
}

function wireLife() {
  const ask = () => sync.wake(50);
  addEventListener("focus", ask);
  // A page that stood still has lost its lock, and may be older than what is stored: it begins anew.
  addEventListener("pageshow", (event) => event.persisted && ((renewing = true), location.reload()));
  addEventListener("online", () => ((sync.failures = 0), ask()));
  addEventListener("offline", () => sync.claimed && !sync.stopped && tell.trouble({ status: 0 }));
  addEventListener("hashchange", () => go(Number(location.hash.slice(2))));
  addEventListener("pagehide", () => (leaveQuestion(), sync.leave()));
  document.addEventListener("visibilitychange", () => {
    countTime();
    if (document.hidden) writeNote(), sync.leave();
    else ask();
  });
  addEventListener("beforeunload", (event) => !renewing && loud().length && (trouble || !journal.durable) && event.preventDefault());
  channel?.addEventListener("message", ({ data }) => data.sitting > sync.sitting && displaced());
}

/** Where the candidate stopped: the address, else the question touched last, else the first. */
function firstPosition() {
  const asked = Number(/^#q(\d+)$/.exec(location.hash)?.[1]);
  if (asked >= 1 && asked <= paper.length) return asked;
  const touched = Object.entries(paper.responses).sort(([, a], [, b]) => b.seq - a.seq)[0];
  return touched?.[1].seq ? Number(touched[0]) : 1;
}

async function begin() {
  if (coach) Object.assign(paper, { afterDraw: coach.draw, afterScreen: coach.drawCheck });
  overlay([...journal.latest().values()].filter((entry) => !entry.refused && !entry.held));
  paper.readOnly(true);
  paper.drawAll();
  wire();
  paper.show(firstPosition(), { focus: false });
  setInterval(tick, 500);
  tick();
  if (journal.about.ended) drawEnding();
  const free = (await holdLock({ ifAvailable: true })) || (await pause(400), await holdLock({ ifAvailable: true }));
  free ? sync.wake() : askClaim();
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const sync = new Sync({ urls: state.urls, journal, clock, tell });
await begin();
