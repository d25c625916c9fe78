// A lesson that is opened counts as opened, without a click. Away from the network it is told as soon as there is a
// connection, if the page is still there; the button of the form does the same by hand, and without this script.

const form = document.querySelector("form[data-visit]");

async function tell() {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok && answer.status !== 409) return; // 409: the cohort has ended, and the answer says so
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    form.replaceChildren(...page.body.childNodes);
  } catch {
    addEventListener("online", tell, { once: true });
  }
}

if (form) tell();
