// Saving by itself. Every change goes to the device first, then to the server; "Saved" is said only
// when the server said so. What the server has not got stays on the device until it has.

const PAUSE = 1200; // ms without a key before a save
const AGAIN = 5000; // ms before the next try without a connection
const OWN = new Set(["csrfmiddlewaretoken", "revision", "act"]);

const cookie = (name) => document.cookie.match(`(?:^|;\\s*)${name}=([^;]*)`)?.[1];

// One without the prefix may have been left behind, or set by another host.
export const csrfToken = () => decodeURIComponent(cookie("__Host-csrftoken") ?? cookie("csrftoken") ?? "");

export class Keeper {
  constructor(form) {
    this.form = form;
    this.place = form.dataset.place;
    this.state = document.querySelector("#state");
    this.stored = this.asSent();
    this.gaveUp = false; // somebody else saved: only the page with both texts goes on from here
    this.timer = 0;
    this.sending = null;
    this.offer();
    window.addEventListener("online", () => this.isStored || this.saveNow());
    window.addEventListener("beforeunload", (event) => {
      if (!this.isStored && !this.isLeaving) event.preventDefault();
    });
  }

  /** Everything written, as pairs of name and value. */
  pairs(form = this.form) {
    return [...new FormData(form)].filter(([name, value]) => !OWN.has(name) && typeof value === "string");
  }

  text() {
    return JSON.stringify(this.pairs());
  }

  /** The text the page came with: what was typed before this script ran is not stored yet. */
  asSent() {
    const copy = this.form.cloneNode(true);
    copy.reset();
    return JSON.stringify(this.pairs(copy));
  }

  get isStored() {
    return this.text() === this.stored;
  }

  changed() {
    if (this.isStored) return;
    this.keepHere();
    if (this.gaveUp) return;
    this.say("unsaved");
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.saveNow(), pause);
  }

  /** Saves until what is on the page is stored; whether it is. */
  async saveNow() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (this.gaveUp) return false;
    this.sending = this.send();
    try {
      return await this.sending;
    } finally {
      this.sending = null;
    }
  }

  async send() {
    const text = this.text();
    this.say("saving");
    let answer;
    try {
      answer = await fetch(this.form.dataset.keep, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
        redirect: "manual",
      });
    } catch {
      this.say("offline", true);
      this.later(AGAIN);
      return false;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
      this.say("signedOut", true);
      this.later(4 * AGAIN);
      return false;
    }
    if (answer.status >= 500) {
      this.say("offline", true);
      this.later(AGAIN);
      return false;
    }
    const told = await answer.json();
    if (answer.ok) return this.isKept(told, text);
    this.show(told.words, true);
    if (told.conflict) this.conflict();
    return false;
  }

  isKept(told, text) {
    this.form.elements.revision.value = told.revision;
    this.stored = text;
    this.show(told.words);
    if (this.isStored) {
      localStorage.removeItem(this.place);
      return true;
    }
    this.keepHere();
    this.later(PAUSE);
    return false;
  }

  conflict() {
    this.gaveUp = true;
    this.keepHere();
    document.querySelector("#save").classList.add("primary");
    document.querySelector("#save").focus();
  }

  /** The page is left on purpose, with everything sent along; a conflict takes that back. */
  leave(kept = this.onPage()) {
    this.isLeaving = true;
    this.put({ ...kept, isSent: true });
  }

  keepHere() {
    this.put(this.onPage());
  }

  onPage() {
    return { at: Date.now(), revision: this.form.elements.revision.value, pairs: this.pairs() };
  }

  put(kept) {
    try {
      localStorage.setItem(this.place, JSON.stringify(kept));
    } catch {
      // The device is full or forbids it: the server still gets it.
    }
  }

  /** Text of an earlier visit that the server never got. */
  offer() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(this.place));
    } catch {
      kept = null;
    }
    if (kept?.isSent) localStorage.removeItem(this.place);
    if (!kept?.pairs || kept.isSent || JSON.stringify(kept.pairs) === this.stored) return;
    const box = document.querySelector("#unsent");
    const time = new Date(kept.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    box.querySelector("p").textContent = `${this.form.dataset.wordsUnsent} ${time}.`;
    box.hidden = false;
    box.querySelector("[value=drop]").addEventListener("click", () => {
      localStorage.removeItem(this.place);
      box.hidden = true;
    });
    box.querySelector("[value=bring]").addEventListener("click", () => this.bring(kept));
  }

  /** Sends it as a form: the server saves it, or shows both texts if somebody wrote since. */
  bring(kept) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = this.form.action;
    const own = [["csrfmiddlewaretoken", csrfToken()], ["revision", kept.revision]];
    for (const [name, value] of [...own, ...kept.pairs]) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      form.append(field);
    }
    form.hidden = true;
    document.body.append(form);
    this.leave(kept);
    form.submit();
  }

  say(what, isWrong = false) {
    this.show(this.form.dataset[`words${what[0].toUpperCase()}${what.slice(1)}`], isWrong);
  }

  show(words, isWrong = false) {
    if (this.state.textContent !== words) this.state.textContent = words;
    this.state.classList.toggle("is-wrong", isWrong);
  }
}
