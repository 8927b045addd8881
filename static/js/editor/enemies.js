// Codes are offered while one is typed; those before the last comma stay.

const PAUSE = 250; // ms

export function findEnemies(form) {
  const field = form.querySelector("[name=enemies]");
  const list = form.querySelector("datalist");
  let timer = 0;
  field.setAttribute("list", list.id);
  field.setAttribute("autocomplete", "off");
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer(form, field, list), PAUSE);
  });
}

async function offer(form, field, list) {
  const [, before, typed] = /^(.*,\s*)?([^,]*)$/s.exec(field.value);
  if (typed.trim().length < 2) return;
  try {
    const answer = await fetch(`${form.dataset.find}?${new URLSearchParams({ typed })}`, { redirect: "manual" });
    if (!answer.ok) return;
    const { found } = await answer.json();
    list.replaceChildren(...found.map(({ code, title }) => new Option(title, (before ?? "") + code)));
  } catch {
    // Without a connection nothing is offered; a code can still be typed.
  }
}
