// What is on the screen: questions, map, ruler, review, notes, highlights. It keeps nothing:
// it draws the responses it is given and reports what the candidate does.

const WORDS = document.getElementById("words").content;
const MOST_HIGHLIGHTS = 20;

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** The words of a key, with its placeholders filled in; a fragment, so nothing is parsed. */
export function words(key, values = {}) {
  const form = { 0: `${key}-none`, 1: `${key}-one` }[values.n];
  const source = (form && $(`[data-w="${form}"]`, WORDS)) || $(`[data-w="${key}"]`, WORDS);
  const copy = source.cloneNode(true);
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
  const fragment = document.createDocumentFragment();
  fragment.append(...copy.childNodes);
  return fragment;
}

export const say = (key, values) => words(key, values).textContent;

export const emptyResponse = () => ({
  seq: 0,
  selected: [],
  eliminated: [],
  flagged: false,
  note: "",
  highlights: [],
  spent_ms: 0,
  confidence: 0, // the last three are for practice alone
  checked: false,
  miss: "",
});

/** The response in a journal entry, without what the journal adds. */
export const responseOf = (entry) =>
  Object.fromEntries(Object.entries(emptyResponse()).map(([field, empty]) => [field, entry[field] ?? empty]));

// How far a response is: open, few, answered, many ---------------------------------

export function stateOf(response, select) {
  const chosen = response.selected.length;
  if (!chosen) return "open";
  if (chosen < select) return "few";
  return chosen > select ? "many" : "answered";
}

// Highlights: [start, end) offsets in the stem's text -------------------------------

const textNodes = (root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
};

function drawHighlights(stem, ranges) {
  $$("mark", stem).forEach((mark) => mark.replaceWith(...mark.childNodes));
  stem.normalize();
  ranges.forEach(([start, end]) => wrap(stem, start, end));
}

function wrap(stem, start, end) {
  let at = 0;
  for (const node of textNodes(stem)) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, node.length);
    at += node.length;
    if (from >= to || !node.data.slice(from, to).trim()) continue;
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    range.surroundContents(document.createElement("mark"));
  }
}

/** The selected words as offsets in the stem, or null. */
export function selectedRange(stem) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(stem)) return null;
  const inside = document.createRange();
  inside.selectNodeContents(stem);
  const before = inside.cloneRange();
  if (inside.comparePoint(range.startContainer, range.startOffset) < 0) before.collapse(true);
  else before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  if (inside.comparePoint(range.endContainer, range.endOffset) <= 0) inside.setEnd(range.endContainer, range.endOffset);
  const end = inside.toString().length;
  return stem.textContent.slice(start, end).trim() ? [start, end] : null;
}

/** Adds a range; one that lies inside a highlight takes it away; null when there are too many. */
export function toggleHighlight(ranges, [start, end]) {
  const around = ranges.find(([from, to]) => from <= start && end <= to);
  if (around) return ranges.filter((range) => range !== around);
  const apart = ranges.filter(([from, to]) => to < start || end < from);
  const touching = ranges.filter((range) => !apart.includes(range));
  const union = [Math.min(start, ...touching.map(([s]) => s)), Math.max(end, ...touching.map(([, e]) => e))];
  const result = [...apart, union].sort((a, b) => a[0] - b[0]);
  return result.length > MOST_HIGHLIGHTS ? null : result;
}

// The sheet of one question ---------------------------------------------------------

export class Question {
  constructor(section) {
    this.section = section;
    this.position = Number(section.id.slice(1));
    this.select = Number(section.dataset.select);
    this.stem = $(".stem", section);
    this.inputs = $$(".options input", section);
    this.strikes = $$(".strike", section);
    this.marks = "";
  }

  draw(response) {
    const { selected, eliminated, highlights } = response;
    this.inputs.forEach((input) => (input.checked = selected.includes(Number(input.value))));
    this.strikes.forEach((button) => {
      const struck = eliminated.includes(Number(button.value));
      button.setAttribute("aria-pressed", String(struck));
      button.parentElement.classList.toggle("struck", struck);
      $("input", button.parentElement).setAttribute("aria-description", struck ? say("struck-out") : "");
    });
    $(".clear-answer", this.section).hidden = !selected.length;
    $(".clear-marks", this.section).hidden = !highlights.length;
    this.drawTooMany(selected.length);
    if (this.marks === JSON.stringify(highlights)) return;
    this.marks = JSON.stringify(highlights);
    drawHighlights(this.stem, highlights);
  }

  drawTooMany(ticked) {
    const names = say("numbers").split(" ");
    const over = ticked - this.select;
    const text = over > 0
      ? say("too-many", { select: names[this.select].toUpperCase(), ticked: names[ticked], over: names[over] })
      : "";
    const place = $(".too-many", this.section);
    if (place.textContent !== text) place.textContent = text;
  }

  chosen() {
    return this.inputs.filter((input) => input.checked).map((input) => Number(input.value));
  }

  letters(places) {
    return this.inputs
      .filter((input) => places.includes(Number(input.value)))
      .map((input) => input.nextElementSibling.textContent);
  }

  opening() {
    return this.stem.textContent.replace(/\s+/g, " ").trim().slice(0, 90);
  }
}

/** With the next frame, so that the browser lays the page out once and not inside the click. */
function toTop(heading) {
  requestAnimationFrame(() => {
    $("#question").scrollTop = 0;
    if (!$("dialog[open]")) heading?.focus({ preventScroll: true });
  });
}

/** Some browsers refuse when the address changes too often; then it stays a little behind. */
function remember(address) {
  try {
    history.replaceState(null, "", address);
  } catch {
    return;
  }
}

// All of them, with map, ruler and review -------------------------------------------

export class Paper {
  constructor(responses) {
    this.responses = responses;
    this.questions = $$(".question").map((section) => new Question(section));
    this.length = this.questions.length;
    this.links = $$("#map a");
    this.ticks = $$(".ruler i");
    this.filter = "all";
    this.position = 1;
  }

  question(position = this.position) {
    return this.questions[position - 1];
  }

  response(position = this.position) {
    return (this.responses[position] ??= emptyResponse());
  }

  state(position) {
    return stateOf(this.response(position), this.question(position).select);
  }

  positions(test) {
    return this.questions.map(({ position }) => position).filter(test);
  }

  get answered() {
    return this.positions((n) => this.response(n).selected.length).length;
  }

  get open() {
    return this.positions((n) => this.state(n) === "open");
  }

  get incomplete() {
    return this.positions((n) => this.state(n) !== "answered");
  }

  get flagged() {
    return this.positions((n) => this.response(n).flagged);
  }

  stateWords(position) {
    const { select } = this.question(position);
    const { selected } = this.response(position);
    return say(`state-${this.state(position)}`, { n: String(selected.length), select });
  }

  /** Draws one question wherever it appears: sheet, map, ruler. */
  draw(position) {
    const response = this.response(position);
    this.question(position).draw(response);
    const link = this.links[position - 1];
    const tick = this.ticks[position - 1];
    for (const mark of [link, tick]) {
      mark.classList.toggle("answered", response.selected.length > 0);
      mark.classList.toggle("flagged", response.flagged);
    }
    const key = response.flagged ? "map-link-flagged" : "map-link";
    link.setAttribute("aria-label", say(key, { n: String(position), state: this.stateWords(position) }));
    if (position === this.position) this.drawFlag();
    this.afterDraw?.(position);
  }

  drawAll() {
    this.questions.forEach(({ position }) => this.draw(position));
    this.drawNote();
  }

  drawFlag() {
    const { flagged } = this.response();
    const button = $("#flag");
    button.setAttribute("aria-pressed", String(flagged)); // its name stays: state is said once
  }

  drawNote() {
    const note = $("#note");
    $("#note-label").textContent = say("note-for", { n: String(this.position) });
    if (document.activeElement !== note || !this.editing) note.value = this.response().note;
    this.countNote();
  }

  countNote() {
    const { length } = $("#note").value;
    $("#note-count").textContent = length ? say("note-left", { n: String(length), total: 500 }) : "";
  }

  /** Swaps the question; no request, no movement. */
  show(position, { focus = true } = {}) {
    const before = this.question();
    this.position = position;
    before.section.hidden = true;
    this.links[before.position - 1].removeAttribute("aria-current");
    this.ticks[before.position - 1].classList.remove("here");
    const { section } = this.question();
    section.hidden = false;
    this.links[position - 1].setAttribute("aria-current", "step");
    this.ticks[position - 1].classList.add("here");
    this.screen("question");
    this.drawFlag();
    this.drawNote();
    document.title = say("title", { n: String(position), total: this.length });
    remember(`#q${position}`); // at once: a tab in the background draws no frame before it reloads
    toTop(focus ? $("h1", section) : null);
  }

  /** Which of the three screens is open: question, review, over. */
  screen(name) {
    document.body.dataset.screen = name;
    $("#review").hidden = name !== "review";
    $("#over").hidden = name !== "over";
    $(".questions").hidden = $(".side").hidden = name !== "question";
    const asking = name === "question";
    ["#flag", "#open-map", "#open-review", "#next"].forEach((id) => ($(id).hidden = !asking));
    $("#end").hidden = name !== "review";
    $("footer").hidden = name === "over";
    $("#previous span").textContent = asking ? say("previous") : say("back", { n: String(this.position) });
    $("#previous").disabled = asking && this.position === 1;
    $("#next").disabled = asking && this.position === this.length;
    this.afterScreen?.();
  }

  showReview() {
    this.screen("review");
    this.drawReview();
    document.title = say("title-review");
    toTop($("#review-title"));
  }

  drawReview() {
    const lists = { all: this.positions(() => true), incomplete: this.incomplete, flagged: this.flagged };
    $$("#review .tab").forEach((tab) => {
      tab.setAttribute("aria-pressed", String(tab.dataset.filter === this.filter));
      $("b", tab).textContent = lists[tab.dataset.filter].length;
    });
    const shown = lists[this.filter];
    $(".review-list").replaceChildren(...shown.map((position) => this.reviewRow(position)));
    $(".review-empty").hidden = shown.length > 0;
  }

  reviewRow(position) {
    const row = $("#review-row").content.firstElementChild.cloneNode(true);
    row.classList.add(this.response(position).selected.length ? "answered" : "open");
    $("a", row).href = `#q${position}`;
    $(".number", row).textContent = position;
    $(".state", row).textContent = this.stateWords(position);
    $(".flag", row).hidden = !this.response(position).flagged;
    $(".words", row).textContent = this.question(position).opening();
    return row;
  }

  readOnly(yes) {
    document.body.classList.toggle("read-only", yes);
    $$(".question fieldset").forEach((fieldset) => (fieldset.disabled = yes));
    $("#note").readOnly = yes;
    $("#flag").disabled = $("#end").disabled = yes;
    this.questions.forEach(({ position }) => this.afterDraw?.(position));
  }
}
