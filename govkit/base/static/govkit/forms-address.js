/* Address blocks: fills in the place of a postcode without sending the form. Only where the block says
   which address answers (data-lookup-url); whenever the answer is not one single place, or does not
   come, the form is sent as without this file and the server shows what it found. */
"use strict";

{
  const PARTS = ["prefecture", "city", "town", "lot", "building"];

  const fill = (block, place) => {
    const controls = PARTS.map((part) => [part, document.getElementById(`${block.id}-${part}`)]);
    if (controls.some(([, control]) => !control)) return false;
    /* What was typed by hand is replaced by the server only, which says so. */
    const kept = (control, text) => control.value.trim() && text && control.value.trim() !== text;
    const names = controls.filter(([part]) => !["lot", "building"].includes(part));
    if (names.some(([part, control]) => kept(control, place[part]))) return false;
    for (const [part, control] of controls) {
      if (place[part] && !control.value.trim()) {
        control.value = place[part];
        control.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    const next = controls.find(([part, control]) => part !== "prefecture" && !control.value);
    document.getElementById(`${block.id}-result`).textContent = PARTS.slice(0, 3)
      .map((part) => place[part])
      .join("");
    (next ? next[1] : controls[3][1]).focus();
    return true;
  };

  const ask = async (block, postcode) => {
    const url = new URL(block.dataset.lookupUrl, document.baseURI);
    url.searchParams.set("postcode", postcode);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return [];
    return (await answer.json()).places;
  };

  document.addEventListener("click", async (event) => {
    const block = event.target.closest("fieldset[data-lookup-url]");
    const button = event.target.closest("button");
    if (!block || !button || button.id !== `${block.id}-lookup` || button.dataset.asked) return;
    event.preventDefault();
    const postcode = document.getElementById(`${block.id}-postcode`).value;
    let places = [];
    try {
      places = await ask(block, postcode);
    } catch {
      /* No answer: the server is asked by sending the form. */
    }
    if (places.length === 1 && fill(block, places[0])) return;
    button.dataset.asked = "yes";
    button.form.requestSubmit(button);
  });
}
