// A unit of cmi5 leads here when it is over. The page around it is told, and goes where its learner came from.
const site = document.documentElement.dataset.site;
window.parent.postMessage({ trama: "package", version: 1, type: "back" }, site);
