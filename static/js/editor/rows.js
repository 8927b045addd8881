// Options and references: added, removed and moved without leaving the page.

const MOST = { option: 10, reference: 20 };

export class Rows {
  constructor(form, written) {
    this.form = form;
    this.written = written;
  }

  list(kind) {
    return this.form.querySelector(kind === "option" ? "#options" : "#references");
  }

  /** Does what a button of a row says; whether it was one. */
  act(button) {
    const [what, number] = (button?.name === "act" ? button.value : "").split("-");
    const row = number && this.form.querySelector(`[name=option][value="${number}"]`)?.closest("[data-row]");
    if (what === "add") this.add("option");
    else if (what === "cite") this.add("reference");
    else if (what === "up" || what === "down") this.move(row, what === "up", button);
    else if (what === "remove") this.remove(row);
    else return false;
    return true;
  }

  add(kind) {
    const list = this.list(kind);
    if (list.children.length >= MOST[kind]) return;
    const numbers = [...list.querySelectorAll(`[name=${kind}]`)].map((field) => Number(field.value));
    const number = String(Math.max(-1, ...numbers) + 1);
    const copy = this.form.querySelector(`#new-${kind}`).content.cloneNode(true);
    for (const element of copy.querySelectorAll("*")) {
      for (const attribute of element.attributes) {
        if (attribute.value.includes("NEW")) attribute.value = attribute.value.replaceAll("NEW", number);
      }
    }
    list.append(copy);
    this.letters();
    list.lastElementChild.querySelector("textarea, input:not([type=hidden], [type=checkbox])").focus();
    this.written();
  }

  move(row, isUp, button) {
    const other = isUp ? row?.previousElementSibling : row?.nextElementSibling;
    if (!other) return false;
    const focus = button ?? document.activeElement;
    if (isUp) other.before(row);
    else other.after(row);
    this.letters();
    focus?.focus();
    this.written();
    return true;
  }

  remove(row) {
    if (!row) return;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.letters();
    (next?.querySelector("textarea") ?? this.form.querySelector("[value=add]")).focus();
    this.written();
  }

  letters() {
    this.list("option").querySelectorAll(".letter").forEach((letter, place) => {
      letter.textContent = String.fromCharCode(65 + place);
    });
  }
}
