/* Enhancements only: every page works without this file. No wording lives here; it is read from
   data attributes that the templates fill. */
"use strict";

/* A second press while the first answer is under way must not save twice. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

/* Coming back with the browser's own button shows the page as it was left: wake its forms up. */
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-disabled=true]"))
    button.removeAttribute("aria-disabled");
});

/* What is typed or marked and not saved yet: the browser asks before the page is left. */
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("change", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

/* Characters left in a text area, counted as the server counts: by code point,
   line ends as one, variation selectors (異体字) and combining marks not at all. */
for (const counter of document.querySelectorAll("[data-counter-for]")) {
  const control = document.getElementById(counter.dataset.counterFor);
  const limit = Number(counter.dataset.limit);
  const show = () => {
    const count = [...control.value.trim().replace(/[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u0300-\u036F\u3099\u309A]/gu, "")].length;
    counter.textContent = counter.dataset.text.replace("{count}", count).replace("{limit}", limit);
    counter.toggleAttribute("data-over", count > limit);
  };
  control.addEventListener("input", show);
  show();
}

/* "None of these" takes the other ticks away, and any other tick takes it away. */
for (const box of document.querySelectorAll("input[data-excludes]")) {
  const others = [...box.form.elements].filter((each) => each.name === box.name && each !== box);
  box.addEventListener("change", () => box.checked && others.forEach((each) => (each.checked = false)));
  for (const each of others) each.addEventListener("change", () => each.checked && (box.checked = false));
}

/* The roll call says how many are marked before it is saved. */
for (const status of document.querySelectorAll("[data-tally]")) {
  const form = status.closest("form");
  const show = () => {
    const marked = form.querySelectorAll("[data-marked] input:checked").length;
    const all = form.querySelectorAll(".gk-roll__pupil").length;
    status.textContent = status.dataset.tally
      .replace("{marked}", marked)
      .replace("{rest}", all - marked);
  };
  form.addEventListener("change", show);
  show();
}
