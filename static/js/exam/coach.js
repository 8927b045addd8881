// Practice on the page of the exam: how sure one is, the answer when it is asked for, and why it
// was missed. Everything is here already, so it works without a connection; what the candidate
// does is a change of the response like any other and is saved the same way.

const SURE = 2;
const UNSURE = 1;

export function makeCoach({ $, $$, say, words }, { paper, commit, speak, atOnce, isOpen }) {
  const part = (selector, position) => $(selector, paper.question(position).section);
  const isChecked = (position) => Boolean(paper.response(position).checked);

  /** Draws what practice adds to one question: the confidence, and the answer if it was shown. */
  function draw(position) {
    const response = paper.response(position);
    const { section } = paper.question(position);
    $$("[data-sure]", section).forEach((button) => {
      press(button, Number(button.dataset.sure) === response.confidence);
      button.disabled = isChecked(position) || !isOpen();
    });
    if (!atOnce) return;
    const shown = isChecked(position);
    const options = $("fieldset", section);
    options.hidden = $(".coach", section).hidden = shown;
    options.disabled = shown || !isOpen(); // keys reach what is hidden, but not what is disabled
    $(".answer", section).hidden = !shown;
    if (shown) drawAnswer(position, response);
    if (position === paper.position) drawCheck();
  }

  /** The button that shows the answer is there once the question is answered in full. */
  function drawCheck() {
    if (!atOnce) return;
    const { position } = paper;
    const asking = document.body.dataset.screen === "question";
    $("#check").hidden = !asking || !isOpen() || isChecked(position) || !isReady(position);
    if (isReady(position)) part(".check-first", position).textContent = "";
  }

  const isReady = (position) =>
    paper.response(position).selected.length === paper.question(position).select;

  function drawAnswer(position, response) {
    const answer = part(".answer", position);
    const key = answer.dataset.key.split(",").map(Number);
    const right = String(key) === String(response.selected);
    const verdict = $(".verdict", answer);
    verdict.className = `verdict ${right ? "right" : "wrong"}`;
    verdict.replaceChildren(words(right ? "answer-right" : "answer-wrong"));
    $$(".reviewed-options > li", answer).forEach((line, place) => markChosen(line, response.selected.includes(place + 1)));
    $(".miss", answer).hidden = right;
    $$("[data-miss]", answer).forEach((button) => {
      press(button, button.dataset.miss === response.miss);
      button.disabled = !isOpen();
    });
  }

  function markChosen(line, chosen) {
    if (line.classList.contains("chosen") === chosen) return;
    line.classList.toggle("chosen", chosen);
    $(".own-mark", line)?.remove();
    if (!chosen) return;
    const mark = $("#own-mark").content.firstElementChild.cloneNode(true);
    $(".option-text", line).after(mark);
  }

  const press = (button, yes) => button.setAttribute("aria-pressed", String(yes));

  /** Sets how sure the candidate is; the same again takes it back. */
  function setSure(value) {
    const { position } = paper;
    if (!isOpen() || isChecked(position)) return;
    const response = paper.response(position);
    response.confidence = response.confidence === value ? 0 : value;
    commit(position);
  }

  function check() {
    const { position } = paper;
    if (!atOnce || !isOpen() || isChecked(position)) return;
    const select = say("numbers").split(" ")[paper.question(position).select];
    if (!isReady(position)) return (part(".check-first", position).textContent = say("check-first", { select }));
    paper.response(position).checked = true;
    commit(position, { choice: true });
    part(".verdict", position).focus();
  }

  /** One key goes round: sure, not sure, nothing said. */
  function nextSure() {
    const { confidence } = paper.response();
    setSure(confidence === SURE ? UNSURE : confidence === UNSURE ? UNSURE : SURE);
    const pressed = part('[data-sure][aria-pressed="true"]', paper.position);
    speak(pressed ? pressed.textContent : say("sure-none")); // the focus is somewhere else
  }

  function setMiss(value) {
    const response = paper.response();
    response.miss = response.miss === value ? "" : value;
    commit(paper.position);
  }

  return {
    draw,
    drawCheck,
    keys: { c: check, u: nextSure },
    clicked(button) {
      if (button.id === "check") check();
      if (button.dataset.sure) setSure(Number(button.dataset.sure));
      if (button.dataset.miss) setMiss(button.dataset.miss);
    },
  };
}
