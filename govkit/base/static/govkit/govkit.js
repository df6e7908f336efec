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

/* A job under way: ask again every other second, put what is new in its place, and say it when a
   tenth more is done or the job is over. */
const askForJob = async (job) => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-job]");
  if (!next) return location.reload();
  const spoken = document.querySelector("[data-job-spoken]");
  if (spoken.textContent !== next.dataset.spoken) spoken.textContent = next.dataset.spoken;
  document.title = next.dataset.title;
  if (next.hasAttribute("data-job-waits")) {
    const part = next.querySelector("[data-job-part]");
    job.querySelector("[data-job-part]").replaceWith(part);
    return waitForJob(job);
  }
  const hadFocus = job.contains(document.activeElement);
  job.replaceWith(next);
  if (!hadFocus) return;
  next.tabIndex = -1;
  next.focus();
};
const waitForJob = (job) =>
  setTimeout(() => askForJob(job).catch(() => waitForJob(job)), document.hidden ? 10000 : 2000);
for (const job of document.querySelectorAll("[data-job-waits]")) waitForJob(job);
