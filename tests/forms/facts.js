// What a page says about its fields, as the accessibility tree would have it: evaluated in the browser.
() => {
  const text = (each) => (each ? each.textContent.replace(/\s+/g, " ").trim() : "");
  const described = (each) => (each.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
  const around = (each) => {
    const found = [];
    for (let at = each; at; at = at.parentElement) found.push(...described(at));
    return found;
  };
  const form = document.querySelector("form.gk-form");
  const controls = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].map((each) => {
    const box = (each.closest("label.gk-choice") ?? each).getBoundingClientRect();
    return {
      id: each.id,
      name: each.name,
      kind: each.tagName === "INPUT" ? each.type : each.tagName.toLowerCase(),
      label: [...each.labels].map(text).join(" ") || each.getAttribute("aria-label") || "",
      legend: text(each.closest("fieldset")?.querySelector(":scope > legend")),
      descriptions: around(each),
      invalid: each.getAttribute("aria-invalid") === "true" ||
        each.closest("[role=radiogroup]")?.getAttribute("aria-invalid") === "true",
      readonly: each.readOnly === true || each.getAttribute("aria-readonly") === "true",
      disabled: each.disabled,
      autocomplete: each.getAttribute("autocomplete") ?? "",
      inputmode: each.getAttribute("inputmode") ?? "",
      placeholder: each.getAttribute("placeholder") ?? "",
      shown: each.checkVisibility(),
      width: box.width,
      height: box.height,
    };
  });
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  return {
    controls,
    ids,
    buttons: [...document.querySelectorAll("button:not([aria-hidden]), a[href]")]
      .filter((each) => each.checkVisibility()).map((each) => ({
      text: text(each), height: each.getBoundingClientRect().height,
      width: each.getBoundingClientRect().width, inline: getComputedStyle(each).display === "inline",
    })),
    references: [...document.querySelectorAll("[aria-describedby], [aria-labelledby]")].flatMap((each) =>
      [...described(each), ...(each.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)]),
    errors: [...form.querySelectorAll("[id$='-error']")].map((each) => {
      const owners = [...form.querySelectorAll(`[aria-describedby~='${each.id}']`)];
      return {
        id: each.id,
        sentences: [...each.querySelectorAll("p")].map(text),
        owners: owners.length,
        first: owners.every((owner) => described(owner)[0] === each.id),
        after: owners.every((owner) => owner.contains(each) ||
          owner.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING),
      };
    }),
    links: [...document.querySelectorAll("#error-summary a")].map((each) => ({
      target: each.getAttribute("href").slice(1), text: text(each),
    })),
    spoken: [...document.querySelectorAll("[aria-label], [alt], [title], [placeholder]")].flatMap((each) =>
      ["aria-label", "alt", "title", "placeholder"].map((name) => each.getAttribute(name) ?? "")),
    words: document.body.innerText,
    scripted: [...document.querySelectorAll("[data-counter-for]")].some((each) => !each.hidden),
  };
}
