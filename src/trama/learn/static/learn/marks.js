// One box marks the people of its table, or of the whole form; where scripts are off, the server reads the same boxes.
(() => {
  const form = document.querySelector("form.late-form");
  if (!form) return;
  const reach = (mark) => [...(mark.closest("table") || form).querySelectorAll("input[name='person']")];
  const settle = () => {
    for (const mark of form.querySelectorAll("[data-marks]")) {
      const people = reach(mark);
      const marked = people.filter((one) => one.checked).length;
      mark.checked = marked > 0 && marked === people.length;
      mark.indeterminate = marked > 0 && marked < people.length;
    }
  };
  form.addEventListener("change", (event) => {
    const mark = event.target;
    if (mark.matches("[data-marks]")) for (const one of reach(mark)) one.checked = mark.checked;
    settle();
  });
  settle();
})();
