// Sends the only form of a page that is nothing but a way on. Where scripts are off, its button does.
document.querySelector("form[data-continue]")?.requestSubmit();
