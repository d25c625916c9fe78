// Runs before the first paint: says that scripts run, and applies the chosen theme to pages that came from a cache.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const chosen = /(?:^|; )theme=(light|dark)(?:;|$)/.exec(document.cookie);
  if (chosen) root.dataset.theme = chosen[1];
})();
