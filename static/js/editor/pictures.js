// Pictures: chosen for the exhibit, or pasted and dropped into any text.

import { csrfToken } from "./keeper.js";

export class Pictures {
  constructor(form, written) {
    this.form = form;
    this.written = written;
    form.addEventListener("change", (event) => this.chosen(event));
    form.addEventListener("paste", (event) => this.dropped(event, event.clipboardData));
    form.addEventListener("drop", (event) => this.dropped(event, event.dataTransfer));
    const text = (element) => element?.closest("textarea:not(.code)") ?? null;
    this.text = text(form.querySelector(":focus")); // somebody may write before the scripts are there
    form.addEventListener("focusin", (event) => {
      this.text = text(event.target) ?? this.text;
    });
    const button = form.querySelector("#into-text");
    button.hidden = false;
    button.addEventListener("change", (event) => this.picked(event));
  }

  async chosen(event) {
    const field = event.target.closest("[data-upload-to]");
    if (!field?.files.length) return;
    const told = await this.upload(field.files[0]);
    field.value = "";
    const slot = this.form.querySelector("#findings-picture");
    slot.textContent = told.words ?? "";
    slot.classList.toggle("block", Boolean(told.words));
    if (!told.name) return;
    this.form.elements.picture.value = told.name;
    this.written();
  }

  async dropped(event, data) {
    const file = [...(data?.files ?? [])].find((one) => one.type.startsWith("image/"));
    const field = event.target.closest("textarea:not(.code)");
    if (!file || !field) return;
    event.preventDefault();
    await this.into(field, file);
  }

  /** The button puts it where the cursor was last; before that, at the end of the stem. */
  async picked(event) {
    event.stopPropagation(); // choosing a file is no change of the text
    const [file] = event.target.files;
    const field = this.text?.isConnected ? this.text : this.form.elements.stem;
    event.target.value = "";
    if (!file) return;
    if (field !== this.text) field.setSelectionRange(field.value.length, field.value.length);
    await this.into(field, file);
  }

  async into(field, file) {
    const told = await this.upload(file);
    const slot = document.getElementById(field.getAttribute("aria-describedby"));
    if (slot) slot.textContent = told.words ?? "";
    if (!told.name) return;
    field.setRangeText(`![${this.form.dataset.wordsAlt}](${told.name})`, field.selectionStart, field.selectionEnd, "end");
    field.focus();
    this.written();
  }

  async upload(file) {
    const data = new FormData();
    data.append("picture", file);
    try {
      const headers = { "X-CSRFToken": csrfToken() };
      const answer = await fetch(this.form.dataset.upload, { method: "POST", body: data, headers });
      return await answer.json();
    } catch {
      return { words: this.form.dataset.wordsOffline };
    }
  }
}
