/* What a page must say about itself, beyond what axe-core asks: a list of what is wrong with it.
   Needs no layout, so it takes a parsed document, too. */
(page) => {
  "use strict";
  const wrong = [];
  const all = (selector, within = page) => [...within.querySelectorAll(selector)];
  const words = (element) => (element?.textContent ?? "").trim();
  const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 160);
  const blame = (what, elements) => elements.forEach((each) => wrong.push(`${what}: ${short(each)}`));
  const once = (selector) => {
    const found = all(selector);
    if (found.length !== 1) wrong.push(`${found.length} × ${selector}`);
  };
  const referred = (element, attribute) =>
    (element.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean).map((id) => page.getElementById(id));
  const name = (element) =>
    element.getAttribute("aria-label")?.trim() ||
    referred(element, "aria-labelledby").map(words).join("").trim();

  /* The whole: language, title, landmarks, the way past the head, headings. */
  if (!/^(ja|en)$/.test(page.documentElement.lang)) wrong.push("no language");
  if (!/^\S.*｜\S/.test(page.title)) wrong.push(`title: ${page.title}`);
  ["h1", "main"].forEach(once);
  /* A page that is shown where the layout cannot be has nothing to skip. */
  const isWhole = page.querySelector("link[rel=stylesheet]");
  if (isWhole) ["body > header", "body > footer"].forEach(once);
  blame("no words", all("h1, h2, h3, h4, h5, h6").filter((each) => !words(each)));
  blame("navigation without a name", all("nav").filter((each) => !name(each)));
  const first = page.querySelector("a[href], button, input:not([type=hidden]), select, textarea, summary");
  if (isWhole && first?.getAttribute("href") !== `#${page.querySelector("main")?.id}`) wrong.push("no skip link first");
  let level = 1;
  for (const heading of all("main :is(h1, h2, h3, h4, h5, h6)")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) blame("heading skips a level", [heading]);
    level = next;
  }

  blame("page that leaves by itself", all("meta[http-equiv=refresh i]").filter((each) => !each.closest("noscript") && !/^0\b/.test(each.content)));

  /* Order and references. */
  blame("tabindex above 0", all("[tabindex]").filter((each) => each.tabIndex > 0));
  const ids = all("[id]").map((each) => each.id);
  ids.filter((each, place) => ids.indexOf(each) !== place).forEach((each) => wrong.push(`id twice: ${each}`));
  for (const attribute of ["aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage"])
    blame(`${attribute} leads nowhere`, all(`[${attribute}]`).filter((each) => referred(each, attribute).includes(null)));
  blame("label of nothing", all("label[for]").filter((each) => !page.getElementById(each.htmlFor)));
  blame("leads nowhere", all("a[href^='#']").filter((each) => !page.getElementById(decodeURIComponent(each.hash.slice(1)))));

  /* Links, buttons, tables. */
  const told = (element) => words(element) || name(element) || all("img[alt]", element).some((each) => each.alt);
  blame("no words", all("a[href], button, summary").filter((each) => !told(each)));
  blame("words that say nothing", all("a[href]").filter((each) => /^(こちら|ここ|ここをクリック|here|click here)$/i.test(words(each))));
  blame("no address", all("a:not([href])"));
  blame("table without a name", all("table").filter((each) => !words(each.caption) && !name(each)));
  blame("table without headers", all("table").filter((each) => !each.querySelector("th")));
  blame("header without scope", all("th:not([scope])"));
  blame("header without words", all("th").filter((each) => !told(each)));

  /* Forms: names, groups, errors. */
  const controls = all("input:not([type=hidden], [type=submit], [type=button]), select, textarea");
  blame("control without a name", controls.filter((each) => !name(each) && ![...each.labels].some(words)));
  for (const radio of all("input[type=radio]")) {
    const group = radio.closest("fieldset, [role=group], [role=radiogroup]");
    if (!group || !(words(group.querySelector("legend")) || name(group))) blame("group without a name", [radio]);
  }
  const invalid = controls.filter((each) => each.getAttribute("aria-invalid") === "true");
  blame("error not tied to its control", invalid.filter((each) => {
    const group = each.closest("[aria-describedby]:not(input, select, textarea)");
    const texts = [...referred(each, "aria-describedby"), ...referred(each, "aria-errormessage")];
    return ![...texts, ...(group ? referred(group, "aria-describedby") : [])].some((text) => text?.matches("[class*=error]") && words(text));
  }));
  const summary = page.querySelector("[id$=error-summary]");
  const isMarked = /^(エラー|Error): /.test(page.title);
  if (invalid.length && !summary) wrong.push("errors without a summary");
  if (summary && !isMarked) wrong.push(`errors, but not in the title: ${page.title}`);
  if (summary && !all("a[href^='#']", summary).length) wrong.push("summary of errors leads nowhere");
  return wrong;
}
