// Shows how the text of an instrument will look while it is written. Without this the button "Preview" does the same.
const form = document.querySelector("form[data-preview]");
const areas = form ? [...form.querySelectorAll("textarea[name=body_pt], textarea[name=body_en], textarea[name=sheets]")] : [];
const WAIT = 500; // milliseconds without typing

for (const area of areas) {
  const shown = document.createElement("div");
  shown.className = "card document live-preview";
  shown.lang = area.name === "body_en" ? "en" : "pt-BR";
  shown.hidden = true;
  area.after(shown);
  let waiting = 0;
  let asked = 0;
  const show = async () => {
    asked += 1;
    const mine = asked;
    if (!area.value.trim()) {
      shown.hidden = true;
      return;
    }
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("text", area.value);
    body.set("kind", area.name === "sheets" ? "spreadsheet" : "guide");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body, credentials: "same-origin" });
      if (answer.ok && mine === asked) {
        shown.innerHTML = await answer.text();
        shown.hidden = false;
      }
    } catch {
      shown.hidden = true; // no connection: the text itself is still in the form
    }
  };
  area.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, WAIT);
  });
  show();
}
