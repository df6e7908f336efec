/* Shows recorded pages one after another in one window and looks at them there: style sheets and
   axe-core are read once, so that a page costs milliseconds. */
(given) => {
  "use strict";
  const { sheets, scripts, semantics } = given;
  const styles = {};
  for (const [name, text] of Object.entries(sheets)) {
    styles[name] = new CSSStyleSheet();
    styles[name].replaceSync(text);
  }
  const pages = [];
  const kinds = [];
  const judged = {};
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
  const file = (address) => address.split("?")[0].split("/").pop();

  /* ---- Kinds of elements: tags, classes, roles, states; repeated rows count once ---- */
  const TELLING = /^(aria-(?!label$|describedby|labelledby|controls)|data-(kind|narrow|state|size|outcome|job-)|type$|role$|scope$|lang$|disabled|required|readonly|multiple|open$|hidden|checked|tabindex|value$)/;
  const SPEAKING = "a, button, th, label, summary, legend, caption, h1, h2, h3, h4, h5, h6";
  const state = ({ name, value }) => (name === "value" || value.length > 20 ? name : `${name}=${value}`);
  const looks = (element) =>
    [
      element.tagName,
      ...[...element.classList].sort().map((each) => `.${each}`),
      ...[...element.attributes].filter((each) => TELLING.test(each.name)).map(state).sort(),
      element.matches(SPEAKING) && element.textContent.trim() ? "…" : "",
    ].join(" ");
  const skeleton = (element, known) => {
    if (!known.has(element)) {
      const inside = new Set([...element.children].map((each) => skeleton(each, known)));
      const id = element.id.replace(/[0-9a-f]{8}-[-0-9a-f]{27}|\d+/g, "0");
      known.set(element, `${looks(element)}#${id}(${[...inside].join()})`);
    }
    return known.get(element);
  };

  /* Rows beyond the second that are built like it say nothing new. */
  const collapse = (page) => {
    const known = new Map();
    skeleton(page.body, known);
    for (const parent of page.querySelectorAll("main *")) {
      const seen = {};
      for (const each of [...parent.children])
        if ((seen[known.get(each)] = (seen[known.get(each)] ?? 0) + 1) > 2) each.remove();
    }
  };

  const take = (html) => {
    const page = parsed(html);
    pages.push(html);
    const all = [page.documentElement, ...page.querySelectorAll("*")];
    const said = new Map(all.map((each) => [each, looks(each)]));
    kinds.push(new Set(all.map((each) => `${said.get(each.parentElement) ?? ""}>${said.get(each)}`)));
    return semantics(page);
  };

  /* The longest page first, then each that shows something of a kind that was not there yet. */
  const choose = () => {
    const known = new Set();
    const order = [...pages.keys()].sort((one, other) => pages[other].length - pages[one].length);
    return order.filter((number) => {
      const fresh = [...kinds[number]].filter((each) => !known.has(each));
      fresh.forEach((each) => known.add(each));
      return fresh.length > 0;
    });
  };

  /* What a script wants to do later, when another page is shown, it does not do. */
  const run = (names) => {
    const { setTimeout } = window;
    window.setTimeout = () => 0;
    for (const each of names) (0, eval)(scripts[each]);
    window.setTimeout = setTimeout;
  };

  /* ---- One page in the window ---- */
  const show = (number, { scripted, whole }) => {
    const page = parsed(pages[number]);
    document.adoptedStyleSheets = [...page.querySelectorAll("link[rel=stylesheet]")].map(
      (each) => styles[file(each.getAttribute("href"))],
    );
    const asked = [...page.querySelectorAll("script[src]")].map((each) => file(each.getAttribute("src")));
    page.querySelectorAll("script, link, meta[http-equiv]").forEach((each) => each.remove());
    for (const each of page.querySelectorAll("noscript"))
      if (scripted) each.remove();
      else each.replaceWith(...each.childNodes);
    page.querySelectorAll("details").forEach((each) => (each.open = true));
    if (!whole) collapse(page);
    document.documentElement.replaceWith(document.adoptNode(page.documentElement));
    scrollTo(0, 0);
    if (scripted) run(asked);
  };

  const overflow = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px wider than ${clientWidth}`] : [];
  };

  const FOCUSED = "a[href], button, input, select, textarea, summary";
  /* Focus goes in the order of the source; so must the eye. */
  const reversed = () =>
    [...document.querySelectorAll("main, main *, header *")]
      .filter((each) => {
        const { order, flexDirection, display } = getComputedStyle(each);
        if (!each.querySelector(FOCUSED) && !each.matches(FOCUSED)) return false;
        return order !== "0" || (/flex/.test(display) && /reverse/.test(flexDirection));
      })
      .map((each) => `shown in another order than focused: ${each.outerHTML.slice(0, 120)}`);

  const axed = async (context, options) => {
    const { violations } = await axe.run(context, { resultTypes: ["violations"], ...options });
    return violations.flatMap(({ id, nodes }) => nodes.map((each) => `${id}: ${each.html.slice(0, 200)} ${each.failureSummary?.split("\n")[1] ?? ""}`));
  };

  /* Contrast depends on the way to a text by tag, class, state and neighbour: each way is judged once. */
  const way = (element, known) => {
    if (!element) return "";
    if (!known.has(element)) {
      const before = element.previousElementSibling;
      const odd = [...(element.parentElement?.children ?? [])].indexOf(element) % 2;
      known.set(element, `${way(element.parentElement, known)}>${before ? looks(before) : ""}+${looks(element)}${odd}`);
    }
    return known.get(element);
  };
  const speaks = (element) =>
    element.matches("input, select, textarea") ||
    [...element.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
  const unjudged = (ground) => {
    const seen = (judged[ground] ??= new Set());
    const known = new Map();
    return [...document.querySelectorAll("body *")].filter((each) => {
      if (!speaks(each) || !each.checkVisibility({ visibilityProperty: true })) return false;
      const key = way(each, known);
      return !seen.has(key) && seen.add(key);
    });
  };
  const contrast = async (ground, { whole }) => {
    const texts = whole ? [document] : unjudged(ground);
    return texts.length ? axed(texts[0] === document ? document : { include: texts }, { runOnly: ["color-contrast"] }) : [];
  };

  /* ---- What is asked of a page in the window as it is now ---- */
  const QUESTIONS = {
    axe: () => axed(document, { rules: { "color-contrast": { enabled: false }, "target-size": { enabled: true } } }),
    targets: () => axed(document, { runOnly: ["target-size"] }),
    order: reversed,
    overflow,
  };
  const look = async (number, { ground, questions, ...options }) => {
    show(number, options);
    const told = [];
    for (const each of questions) told.push(...(await QUESTIONS[each]()));
    if (ground) told.push(...(await contrast(ground, options)));
    return told;
  };
  window.inspector = { take, choose, look };
}
