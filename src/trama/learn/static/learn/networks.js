// A network that was found by its name becomes a line of the list. Without this script the names are written by hand.

for (const place of document.querySelectorAll("[data-networks-of]")) {
  const list = document.getElementById(place.dataset.networksOf);
  const input = place.querySelector("input[data-suggestions]");
  const told = place.querySelector("[data-told]");
  input.addEventListener("picked", ({ detail }) => {
    const lines = list.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!lines.includes(detail.name)) lines.push(detail.name);
    list.value = lines.join("\n");
    told.textContent = `${told.dataset.told} ${detail.name}`;
    input.value = "";
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it chooses a network; it does not send the form
  });
  place.hidden = false;
}
