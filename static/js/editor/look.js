// Checks and preview: what is written goes to the server a moment later and comes back as a candidate
// would see it. An answer to older text is dropped.

import { csrfToken } from "./keeper.js";

const PAUSE = 700; // ms

export class Look {
  constructor(form) {
    this.form = form;
    this.place = document.querySelector("#look");
    this.timer = 0;
    this.slots();
  }

  changed() {
    clearTimeout(this.timer);
    this.place.classList.add("is-waiting");
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(this.form.dataset.look, {
        method: "POST",
        body: new FormData(this.form),
        headers: { "X-CSRFToken": csrfToken() },
        signal: this.asked.signal,
        redirect: "manual",
      });
      if (answer.ok) this.show(await answer.text());
    } catch {
      // No connection, or newer text is on its way: what is shown stays.
    }
  }

  show(html) {
    const opened = this.place.querySelector(".after-answer")?.open;
    this.place.innerHTML = html;
    this.place.classList.remove("is-waiting");
    if (opened) this.place.querySelector(".after-answer").open = true;
    this.ready();
    this.slots();
  }

  /** Whether it can be sent stands at the end of the page; what did not change keeps its focus. */
  ready() {
    const place = document.querySelector("#ready");
    const now = this.place.querySelector("#ready-now");
    if (place.innerHTML.trim() !== now.innerHTML.trim()) place.replaceChildren(now.content);
    now.remove();
  }

  /** Each remark stands below its field too. */
  slots() {
    const messages = new Map();
    for (const item of this.place.querySelectorAll("[data-slot]")) {
      const found = messages.get(item.dataset.slot) ?? { words: [], block: false };
      found.words.push(item.querySelector(".message").textContent);
      found.block ||= item.dataset.level === "block";
      messages.set(item.dataset.slot, found);
    }
    for (const slot of this.form.querySelectorAll(".slot")) {
      const found = messages.get(slot.id.replace("findings-", ""));
      slot.textContent = found?.words.join("\n") ?? "";
      slot.classList.toggle("block", Boolean(found?.block));
    }
  }
}
