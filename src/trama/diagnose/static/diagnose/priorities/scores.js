// Saves each score as it is tapped. What is shown as saved was confirmed by the server; what was not is sent again.
const form = document.querySelector("[data-scores]");

if (form) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const waiting = new Map(); // fieldset → the value that still has to be saved
  const running = new Set();

  function say(fieldset, text, state) {
    const line = fieldset.querySelector(".priorities-status");
    line.textContent = text;
    line.dataset.state = state;
  }

  async function send(fieldset) {
    if (running.has(fieldset) || !waiting.has(fieldset)) return;
    running.add(fieldset);
    const value = waiting.get(fieldset);
    waiting.delete(fieldset);
    const item = fieldset.dataset.item;
    const before = form.elements[`before-${item}`];
    say(fieldset, form.dataset.saving, "saving");
    const body = new URLSearchParams({ item, part: form.dataset.part, value, before: before.value });
    try {
      const answer = await fetch(form.dataset.scores, {
        method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" },
      });
      const told = await answer.json();
      if (answer.ok) {
        before.value = value;
        say(fieldset, form.dataset.saved, "saved");
      } else {
        if ("there" in told) before.value = told.there ?? "";
        fieldset.querySelectorAll("input[type=radio]").forEach((one) => { one.checked = one.value === before.value; });
        say(fieldset, told.error, "refused");
      }
    } catch {
      if (!waiting.has(fieldset)) waiting.set(fieldset, value);
      say(fieldset, form.dataset.unsaved, "unsaved");
      running.delete(fieldset);
      return;
    }
    running.delete(fieldset);
    send(fieldset);
  }

  // What was chosen before this script was ready.
  for (const fieldset of form.querySelectorAll("fieldset[data-item]")) {
    const chosen = [...fieldset.querySelectorAll("input[type=radio]")].find((one) => one.checked && !one.defaultChecked);
    if (chosen) waiting.set(fieldset, chosen.value);
    send(fieldset);
  }
  form.addEventListener("change", (event) => {
    const fieldset = event.target.closest("fieldset[data-item]");
    if (!fieldset || event.target.type !== "radio") return;
    waiting.set(fieldset, event.target.value);
    send(fieldset);
  });
  window.addEventListener("online", () => waiting.forEach((_, fieldset) => send(fieldset)));
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size || running.size) event.preventDefault();
  });
  form.addEventListener("submit", () => waiting.clear()); // the form itself carries every choice
}
