// The frame's behaviours: the menu button on narrow screens, the work menu that closes, the theme switch. Pages work
// without them.
"use strict";
(() => {
  const root = document.documentElement;
  const button = document.querySelector("[data-menu-button]");
  const menu = document.getElementById("menu");
  if (button && menu) {
    const show = (open) => {
      button.setAttribute("aria-expanded", String(open));
      menu.classList.toggle("open", open);
    };
    button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        show(false);
        button.focus();
      }
    });
  }

  // Where the work menu lies over the page (wide screens), it closes when the reader turns to something else.
  const work = document.querySelector("[data-work-menu]");
  if (work) {
    const summary = work.querySelector("summary");
    const liesOver = () => getComputedStyle(summary.nextElementSibling).position === "absolute";
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && work.open) {
        work.open = false;
        summary.focus();
      }
    });
    for (const turned of ["focusin", "pointerdown"]) {
      document.addEventListener(turned, (event) => {
        if (work.open && !work.contains(event.target) && liesOver()) work.open = false;
      });
    }
  }

  const theme = document.querySelector("[data-theme-button]");
  if (theme) {
    const isDark = () =>
      root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const tell = () => theme.setAttribute("aria-pressed", String(isDark()));
    theme.hidden = false;
    tell();
    theme.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `theme=${root.dataset.theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
      tell();
    });
  }
})();
