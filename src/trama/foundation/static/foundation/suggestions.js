// Suggestions as one types, for every field with data-suggestions="address".
// The ARIA combobox pattern: arrows move, Enter opens, Escape closes; without script the form still submits.
// With data-pick="id of a hidden field" the choice fills that field instead of opening the page.

const WAIT_MS = 120;
let made = 0;

function element(tag, attributes = {}, text = "") {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text) node.textContent = text;
  return node;
}

class Suggestions {
  constructor(input) {
    this.input = input;
    this.picked = input.dataset.pick ? document.getElementById(input.dataset.pick) : null;
    this.options = [];
    this.active = -1;
    this.asked = "";
    const id = `suggestions-${++made}`;
    this.list = element("div", { id, role: "listbox", class: "suggestions", "aria-label": input.getAttribute("aria-label") || input.labels?.[0]?.textContent || "" });
    this.list.hidden = true;
    (input.closest(".search-field") || input).after(this.list);
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id }))
      input.setAttribute(name, value);
    input.addEventListener("input", () => this.soon());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  soon() {
    clearTimeout(this.timer);
    if (this.picked) this.picked.value = "";
    this.timer = setTimeout(() => this.ask(), WAIT_MS);
  }

  async ask() {
    const query = this.input.value.trim();
    this.asked = query;
    if (query.length < 2) return this.forget();
    const address = new URL(this.input.dataset.suggestions, location.href);
    address.searchParams.set("q", query);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok || this.asked !== query) return undefined; // a later keystroke has asked again
      return this.show((await answer.json()).sections);
    } catch {
      return this.forget(); // no connection: the form still works when it is back
    }
  }

  show(sections) {
    this.list.replaceChildren();
    this.options = [];
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    sections.forEach((section, number) => {
      const titleId = `${this.list.id}-s${number}`;
      const group = element("div", { role: "group", "aria-labelledby": titleId });
      group.append(element("div", { id: titleId, class: "suggestions__title" }, section.title));
      for (const result of section.results) {
        const option = element("div", { role: "option", id: `${this.list.id}-${this.options.length}`, "aria-selected": "false", class: "suggestions__option" });
        option.append(element("span", { class: "suggestions__name" }, result.name), element("span", { class: "suggestions__detail" }, result.detail));
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => this.choose(result));
        group.append(option);
        this.options.push({ option, result });
      }
      this.list.append(group);
    });
    if (this.options.length) this.open();
    else this.close();
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.options.length) {
      event.preventDefault();
      this.open(); // after Escape, an arrow shows again what was found
      if (event.key === "ArrowDown") this.mark(this.active + 1);
      else this.mark(this.active > 0 ? this.active - 1 : -1);
    } else if (event.key === "Enter" && this.active >= 0 && !this.list.hidden) {
      event.preventDefault();
      this.choose(this.options[this.active].result);
    }
  }

  mark(number) {
    if (this.active >= 0) this.options[this.active].option.setAttribute("aria-selected", "false");
    this.active = (number + this.options.length) % this.options.length;
    const { option } = this.options[this.active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  choose(result) {
    this.forget();
    if (!this.picked) {
      location.assign(result.address);
      return;
    }
    this.input.value = result.name;
    this.picked.value = String(result.key);
    this.input.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: result }));
  }

  forget() {
    this.options = [];
    return this.close();
  }

  close() {
    this.options[this.active]?.option.setAttribute("aria-selected", "false");
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

for (const input of document.querySelectorAll("input[data-suggestions]")) new Suggestions(input);
