// Before signing out: says what was not sent from this device, offers it as a file, and takes everything away.

import { download, everything, fileOf, isUnsent, removeEverything } from "./store.js";

const block = document.getElementById("answers-sign-out");
const form = [...document.querySelectorAll("form[method=post]")].find((one) => one.action.includes("logout"));

async function start() {
  const unsent = (await everything()).filter(isUnsent);
  const anyway = block.querySelector("[data-sign-out-anyway]");
  if (unsent.length) {
    block.querySelector("[data-sign-out-text]").textContent = block.dataset.text.replace("%s", unsent.length);
    block.querySelector("[data-sign-out-open]").href = unsent[0].page || `/autodiagnostico/rodadas/${unsent[0].round}/responder/`;
    block.querySelector("[data-sign-out-export]").addEventListener("click", () => {
      for (const round of new Set(unsent.map((row) => row.round))) {
        const rows = unsent.filter((row) => row.round === round);
        download(fileOf(rows, round, rows[0].person), `respostas-${round.slice(0, 8)}.json`);
      }
    });
    block.hidden = false;
  }
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (unsent.length && !anyway.checked) {
      anyway.focus();
      return;
    }
    for (const worker of (await navigator.serviceWorker?.getRegistrations?.()) || [])
      if (["/autodiagnostico/", "/aprender/"].some((part) => worker.scope.includes(part))) await worker.unregister();
    await removeEverything();
    HTMLFormElement.prototype.submit.call(form);
  });
}

if (block) start();
