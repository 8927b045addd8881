// The bank's list: ticking a whole page at once, and how many are ticked. The list works without.

const list = () => document.getElementById("bank-list");
const boxes = () => [...list().querySelectorAll('input[name="pk"]')];

/** Shows what is ticked after a change, or after the list came anew. */
function show() {
  const all = list()?.querySelector("[data-tick-all]");
  if (!all) return;
  const ticked = boxes().filter((box) => box.checked).length;
  const whole = all.querySelector("input");
  all.hidden = false;
  whole.checked = ticked > 0 && ticked === boxes().length;
  whole.indeterminate = ticked > 0 && !whole.checked;
  list().querySelector("[data-ticked]").textContent = ticked || "";
}

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-tick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  } else if (event.target.name !== "pk") {
    return;
  }
  document.getElementById("all-0").checked = true; // who ticks means the ticked ones
  show();
});

// htmx puts the new list in; browsers keep ticks when somebody comes back to the page.
document.body.addEventListener("htmx:afterSwap", show);
window.addEventListener("pageshow", show);
