// Paints the municipalities of the country by class. The outlines are one file that browsers keep; the page brings one
// character per municipality. Without this script the states stay: their links and the list say the same.
"use strict";
(() => {
  const SPACE = "http://www.w3.org/2000/svg";

  const paint = async (svg) => {
    const answer = await fetch(svg.dataset.shapes);
    if (!answer.ok) return;
    const { codes, names, paths } = await answer.json();
    const classes = svg.dataset.classes.split(" ");
    const labels = svg.dataset.labels.split("|");
    const painted = svg.dataset.painted;
    const fragment = document.createDocumentFragment();
    codes.forEach((code, position) => {
      const shown = painted[position];
      const index = shown === "-" || shown === undefined ? classes.length - 1 : Number(shown);
      const shape = document.createElementNS(SPACE, "path");
      shape.setAttribute("class", `shape municipality ${classes[index]}`);
      shape.setAttribute("d", paths[position]);
      shape.dataset.code = String(code);
      shape.dataset.told = `${names[position]}: ${labels[index]}`;
      fragment.append(shape);
    });
    svg.querySelector("[data-municipalities]").append(fragment);
    svg.classList.add("painted");
    const told = svg.parentElement.querySelector("[data-map-told]");
    svg.addEventListener("pointerover", (event) => {
      if (told && event.target.dataset.told) told.textContent = event.target.dataset.told;
    });
    svg.addEventListener("click", (event) => {
      const code = event.target.dataset.code;
      if (code) location.assign(`${svg.dataset.places}${code}/`);
    });
  };

  const seen = new IntersectionObserver((entries) => {
    entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      seen.unobserve(entry.target);
      paint(entry.target);
    });
  }, { rootMargin: "200px" });
  document.querySelectorAll("[data-country-map]").forEach((svg) => seen.observe(svg));
})();
