// The editor: what is written is kept on the device at once, saved by itself, judged and shown.

import { findEnemies } from "./enemies.js";
import { Keeper } from "./keeper.js";
import { Look } from "./look.js";
import { Pictures } from "./pictures.js";
import { Rows } from "./rows.js";

const form = document.querySelector("#manuscript");

if (form) {
  const keeper = new Keeper(form);
  const look = new Look(form);
  const written = () => {
    keeper.changed();
    look.changed();
  };
  const rows = new Rows(form, written);
  new Pictures(form, written);
  findEnemies(document.querySelector("form.enemies"));
  form.addEventListener("input", written);
  form.addEventListener("change", written);
  form.addEventListener("submit", (event) => {
    if (rows.act(event.submitter)) event.preventDefault();
    else if (!keeper.gaveUp) {
      event.preventDefault();
      keeper.saveNow();
    } else keeper.leave(); // the server shows both texts
  });

  if (!keeper.isStored) written();

  // Sending needs what is on the page to be stored first.
  const send = document.querySelector("#send");
  send?.addEventListener("submit", async (event) => {
    if (keeper.isStored) return;
    event.preventDefault();
    if (await keeper.saveNow()) send.submit();
  });

  const keys = document.querySelector("#keys");
  const openKeys = document.querySelector("#open-keys");
  openKeys.hidden = false;
  openKeys.addEventListener("click", () => keys.showModal());
  document.addEventListener("keydown", (event) => {
    const inField = event.target.closest("input, textarea, select, dialog");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      keeper.saveNow();
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form.contains(event.target)) {
      event.preventDefault();
      rows.add("option");
    } else if (event.altKey && /^Arrow(Up|Down)$/.test(event.key)) {
      if (rows.move(event.target.closest("[data-row=option]"), event.key === "ArrowUp")) event.preventDefault();
    } else if (event.key === "?" && !inField) {
      event.preventDefault();
      keys.showModal();
    }
  });
}
