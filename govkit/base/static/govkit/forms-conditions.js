/* Conditional questions: shows and hides them at once. The server decides by the same rules; without
   this file every question is on the page, with a sentence that says for whom it is. */
"use strict";

{
  const compare = {
    ">=": (a, b) => a >= b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    "<": (a, b) => a < b,
  };

  /* Values of the controls of a name, also of one that consists of parts; hidden ones have none. */
  const values = (form, name) =>
    [...form.elements]
      .filter((each) => each.name === name || each.name.startsWith(`${name}-`))
      .filter((each) => !each.closest("[data-show-if][hidden]") && each.type !== "submit")
      .filter((each) => !["radio", "checkbox"].includes(each.type) || each.checked)
      .map((each) => each.value.trim())
      .filter(Boolean);

  const holds = (form, [kind, ...rest]) => {
    if (kind === "and") return rest.every((rule) => holds(form, rule));
    if (kind === "or") return rest.some((rule) => holds(form, rule));
    if (kind === "not") return !holds(form, rest[0]);
    const [name, ...wanted] = rest;
    const found = values(form, name);
    if (kind === "filled") return found.length > 0;
    if (kind === "=") return found.some((value) => wanted.includes(value));
    const number = found.length ? Number(found[0].normalize("NFKC").replaceAll(",", "")) : NaN;
    return compare[kind](number, Number(wanted[0]));
  };

  const update = (form) => {
    const questions = [...form.querySelectorAll("[data-show-if]")];
    /* One question may depend on another: at most as many rounds as there are questions. */
    for (const _round of questions) {
      let changed = false;
      for (const question of questions) {
        const hidden = !holds(form, JSON.parse(question.dataset.showIf));
        changed ||= hidden !== question.hidden;
        question.hidden = hidden;
      }
      if (!changed) break;
    }
  };

  for (const form of document.forms) {
    if (!form.querySelector("[data-show-if]")) continue;
    for (const note of form.querySelectorAll(".gk-conditional__note")) note.hidden = true;
    for (const event of ["input", "change"]) form.addEventListener(event, () => update(form));
    window.addEventListener("pageshow", () => update(form));
    update(form);
  }
}
