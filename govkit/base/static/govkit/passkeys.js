/* Passkeys: hands the page's options to the browser (WebAuthn) and sends its answer with the form.
   Without this file the form stays hidden, and the page tells of the other ways. */
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withBytes = (options) => {
  const decoded = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) decoded.user = { ...options.user, id: toBytes(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"])
    if (options[list]) decoded[list] = options[list].map((each) => ({ ...each, id: toBytes(each.id) }));
  return decoded;
};

const asJson = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  for (const each of document.querySelectorAll("[data-without-passkey]")) each.hidden = true;
  const failed = form.querySelector("[data-failed]");
  form.addEventListener(
    "submit",
    async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      event.stopPropagation();
      failed.hidden = true;
      try {
        const publicKey = withBytes(JSON.parse(form.dataset.options));
        const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
        form.elements.credential.value = asJson(credential);
        form.requestSubmit();
      } catch {
        failed.hidden = false;
      }
    },
  );
}
